// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/line_budget.h"

#include <algorithm>
#include <utility>

namespace ball {

bool LineBudget::Take(Time now) {
  const double passed = std::chrono::duration<double>(now - last_).count();
  lines_ = std::min(kAtOnce, lines_ + passed * kPerSecond);
  last_ = now;
  if (lines_ < 1) {
    ++left_out_;
    return false;
  }
  lines_ -= 1;
  return true;
}

size_t LineBudget::TakeLeftOut() { return std::exchange(left_out_, 0); }

}  // namespace ball
