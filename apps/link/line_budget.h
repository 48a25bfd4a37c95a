// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>

namespace ball {

// How many lines of a kind may be written: so many at once, and then so many a second. Times may
// not go back. Any thread, one at a time.
class LineBudget {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr double kAtOnce = 40;
  static constexpr double kPerSecond = 2;

  // Whether a line may be written now; counts those that may not.
  bool Take(Time now);
  // How many were left out since the last call.
  size_t TakeLeftOut();

 private:
  double lines_ = kAtOnce;
  Time last_{};
  size_t left_out_ = 0;
};

}  // namespace ball
