// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace ball {

// Collects measurements of one kind (an error in px, a time in ms) and summarizes them.
//
// Percentiles are exact, by nearest rank: the smallest measurement that at least p percent of all
// are not above. They are measurements that occurred, never values between two. Kept as floats, 4
// bytes each (7 digits are more than any of these means): 30 a second for 24 hours are 10 MB.
// Beyond `max_kept` (38 hours) every second one is let go and from then on every second one is
// kept, and so on: percentiles are then those of an even sample; count, mean, rms and max stay
// exact.
//
// One thread at a time.
class ErrorStatistics {
 public:
  static constexpr size_t kMaxKept = size_t{1} << 22;  // 16 MB

  // `max_kept` must be even and above 0.
  explicit ErrorStatistics(size_t max_kept = kMaxKept) : max_kept_(max_kept) {}

  // Nothing but the count exists without a measurement.
  struct Summary {
    size_t count = 0;
    std::optional<double> mean;
    std::optional<double> rms;
    std::optional<double> p50;
    std::optional<double> p95;
    std::optional<double> p99;
    std::optional<double> max;
  };

  // What is not finite is no measurement and is left out.
  void Add(double value);

  size_t Count() const { return count_; }

  // Takes time linear in the number of measurements.
  Summary Summarize() const;

 private:
  void Thin();

  size_t max_kept_;
  std::vector<float> kept_;
  size_t stride_ = 1;  // of how many measurements one is kept
  size_t count_ = 0;
  double sum_ = 0;
  double sum_of_squares_ = 0;
  double max_ = 0;
};

}  // namespace ball
