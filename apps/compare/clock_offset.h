// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <deque>
#include <optional>

#include "apps/compare/instant.h"

namespace ball {

// Estimates by how much another machine's clock is ahead of ours, from messages that went both
// ways.
//
// As NTP does (RFC 5905, section 8): in the fastest of many journeys nothing had to queue, and the
// fastest there and the fastest back are taken as equally long. What the two differ by is twice the
// offset. Where they are not equally long, half of the difference goes into the estimate, as with
// NTP. Only the last `window` counts, so that clocks may drift apart: the estimate is wrong by at
// most half of what they drift within it (0.1 ms at 20 ppm in 10 s).
//
// One thread at a time.
class ClockOffset {
 public:
  explicit ClockOffset(std::chrono::milliseconds window = std::chrono::seconds(10))
      : bucket_length_(window / kBuckets) {}

  // One journey there and back. `forward`: read on the peer's clock when it received, minus ours
  // when we sent. `back`: ours when we received, minus the peer's when it sent. Both may be
  // negative or years long, but below 150 years. `now`: on our clock; one before the last counts as
  // the last.
  void Add(Instant now, std::chrono::nanoseconds forward, std::chrono::nanoseconds back);

  // The peer's clock minus ours; nothing before the first journey.
  std::optional<std::chrono::nanoseconds> Estimate() const;

 private:
  // The window moves in steps of a bucket, so memory does not depend on how much comes in.
  static constexpr int kBuckets = 20;

  struct Bucket {
    Instant begin;
    std::chrono::nanoseconds forward;  // the smallest within the bucket
    std::chrono::nanoseconds back;
  };

  std::chrono::nanoseconds bucket_length_;
  std::deque<Bucket> buckets_;  // oldest first
};

}  // namespace ball
