// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/error_statistics.h"

#include <algorithm>
#include <cmath>

namespace ball {
namespace {

// Nearest rank: the ceil(p/100 * n)-th smallest. Reorders `values`, which must not be empty.
double Percentile(std::vector<float>& values, size_t percent) {
  const size_t rank = (percent * values.size() + 99) / 100;
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(std::max(rank, size_t{1}) - 1);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

}  // namespace

void ErrorStatistics::Add(double value) {
  if (!std::isfinite(value)) {
    return;
  }
  max_ = count_ == 0 ? value : std::max(max_, value);
  if (count_ % stride_ == 0) {
    if (kept_.size() == max_kept_) {
      Thin();
    }
    kept_.push_back(static_cast<float>(value));
  }
  ++count_;
  sum_ += value;
  sum_of_squares_ += value * value;
}

// What remains, and the one that is about to be kept, are exactly a stride apart.
void ErrorStatistics::Thin() {
  for (size_t i = 0; 2 * i < kept_.size(); ++i) {
    kept_[i] = kept_[2 * i];
  }
  kept_.resize(kept_.size() / 2);
  stride_ *= 2;
}

ErrorStatistics::Summary ErrorStatistics::Summarize() const {
  Summary summary;
  summary.count = count_;
  if (count_ == 0) {
    return summary;
  }
  const auto count = static_cast<double>(count_);
  summary.mean = sum_ / count;
  summary.rms = std::sqrt(sum_of_squares_ / count);
  std::vector<float> values = kept_;
  summary.p50 = Percentile(values, 50);
  summary.p95 = Percentile(values, 95);
  summary.p99 = Percentile(values, 99);
  summary.max = max_;
  return summary;
}

}  // namespace ball
