// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/hold_up.h"

#include <algorithm>
#include <utility>

namespace ball {

using std::chrono::nanoseconds;

nanoseconds HoldUp::Of(nanoseconds came, nanoseconds timestamp) {
  const nanoseconds age = came - timestamp;
  if (!least_ || came - window_began_ > kWindow) {
    least_before_ = std::exchange(least_, age);
    window_began_ = came;
  }
  least_ = std::min(*least_, age);
  const nanoseconds held = age - std::min(*least_, least_before_.value_or(*least_));
  if (held >= longest_ || came > longest_until_) {
    longest_ = held;
    longest_until_ = came + kMoment;
  }
  return longest_;
}

}  // namespace ball
