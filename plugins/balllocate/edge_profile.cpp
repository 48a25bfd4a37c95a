// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/edge_profile.h"

#include <algorithm>
#include <cmath>

namespace ball::locate {

EdgeProfile::EdgeProfile(double nx, double ny, double blur) {
  const double longer = std::max(std::abs(nx), std::abs(ny));
  const double shorter = std::min(std::abs(nx), std::abs(ny));
  // A box of width w has the variance w * w / 12.
  const double widened = std::sqrt(shorter * shorter + 12 * blur);
  const double narrow = std::min(longer, widened);
  wide_ = std::max(longer, widened);
  flat_ = (wide_ - narrow) / 2;
  reach_ = (wide_ + narrow) / 2;
  tail_scale_ = narrow > 0 ? 1 / (wide_ * narrow) : 0;
}

EdgeProfile::Coverage EdgeProfile::At(double t) const {
  const double u = std::abs(t);
  if (u >= reach_) return {t > 0 ? 1.0 : 0.0, 0.0};
  if (u <= flat_) return {0.5 + t / wide_, 1 / wide_};
  const double rest = reach_ - u;
  const double tail = rest * rest * tail_scale_ / 2;
  return {t > 0 ? 1 - tail : tail, rest * tail_scale_};
}

}  // namespace ball::locate
