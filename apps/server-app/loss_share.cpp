// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/loss_share.h"

namespace ball {
namespace {

constexpr double kEnough = 100;
// What jumps by more is another count, or a lie.
constexpr uint32_t kLongestStep = 1 << 16;

}  // namespace

std::optional<double> LossShare::Add(double lost, uint32_t latest) {
  const uint32_t step = latest_ ? latest - *latest_ : 0;
  latest_ = latest;
  if (step == 0 || step > kLongestStep) return {};
  sent_ += step;
  lost_ += lost * step;
  if (sent_ < kEnough) return {};
  const double share = lost_ / sent_;
  sent_ = lost_ = 0;
  return share;
}

}  // namespace ball
