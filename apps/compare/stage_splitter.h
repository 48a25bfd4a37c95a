// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "apps/compare/clock_offset.h"
#include "apps/compare/frame_record.h"
#include "apps/compare/instant.h"
#include "apps/wire/coordinate_message.h"

namespace ball {

// Splits the loop time of answered frames into stages.
//
// Encoding is measured on our clock, what happens inside the peer on the peer's. What is left is
// the way there and the way back; it is divided by the estimated offset of the two clocks, each
// share being at least 0.
//
// One thread at a time.
class StageSplitter {
 public:
  // The stages of `frame`, answered by `message` at `arrived`. To be called in the order of
  // arrival.
  StageDurations Split(const SentFrame& frame, const CoordinateMessage& message, Instant arrived);

 private:
  ClockOffset offset_;
};

}  // namespace ball
