// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/clock_offset.h"

#include <algorithm>

namespace ball {

using std::chrono::nanoseconds;

void ClockOffset::Add(Instant now, nanoseconds forward, nanoseconds back) {
  if (buckets_.empty() || now >= buckets_.back().begin + bucket_length_) {
    buckets_.push_back({now, forward, back});
  } else {
    Bucket& last = buckets_.back();
    last.forward = std::min(last.forward, forward);
    last.back = std::min(last.back, back);
  }
  while (buckets_.front().begin + kBuckets * bucket_length_ <= now) {
    buckets_.pop_front();
  }
}

std::optional<nanoseconds> ClockOffset::Estimate() const {
  if (buckets_.empty()) {
    return std::nullopt;
  }
  nanoseconds forward = nanoseconds::max();
  nanoseconds back = nanoseconds::max();
  for (const Bucket& bucket : buckets_) {
    forward = std::min(forward, bucket.forward);
    back = std::min(back, bucket.back);
  }
  return (forward - back) / 2;
}

}  // namespace ball
