// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/message_rate.h"

#include <algorithm>

namespace ball {

MessageRate::Verdict MessageRate::Add(Time now) {
  if (per_second_ == 0) return Verdict::kPasses;
  const std::lock_guard guard(lock_);
  if (over_) return Verdict::kBlocked;
  if (last_) {
    const double passed = std::chrono::duration<double>(now - *last_).count();
    level_ = std::max(0.0, level_ - passed * per_second_);
  }
  last_ = now;
  level_ += 1;
  over_ = level_ > per_second_;
  return over_ ? Verdict::kOver : Verdict::kPasses;
}

}  // namespace ball
