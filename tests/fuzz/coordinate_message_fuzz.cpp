// SPDX-License-Identifier: LGPL-2.1-or-later
// A message on the data channel: nothing gets through that is not finite and within its range.
#include <cmath>

#include "apps/wire/coordinate_message.h"
#include "tests/fuzz/fuzz_target.h"

namespace ball {
namespace {

bool IsStage(std::chrono::microseconds time, std::chrono::microseconds after) {
  return time >= after && time <= kMaxStageTime;
}

void RequireRanges(const CoordinateMessage& message) {
  // A NaN would fail each comparison.
  Require(!message.found || std::abs(message.x) <= kMaxCoordinate, "x is in its range");
  Require(!message.found || std::abs(message.y) <= kMaxCoordinate, "y is in its range");
  Require(!message.radius || (*message.radius > 0 && *message.radius <= kMaxCoordinate),
          "the radius is in its range");
  Require(!message.confidence || (*message.confidence >= 0 && *message.confidence <= 1),
          "the confidence is in its range");
  Require(!message.arrived || (message.arrived->count() >= 0 && *message.arrived <= kMaxPeerClock),
          "the peer's clock is in its range");
  if (!message.stages) return;
  const StageTimes& stages = *message.stages;
  Require(IsStage(stages.decoded, {}) && IsStage(stages.handed_over, stages.decoded) &&
              IsStage(stages.located, stages.handed_over) && IsStage(stages.sent, stages.located),
          "the stages ascend");
}

}  // namespace
}  // namespace ball

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ball;
  const auto message = ParseCoordinateMessage(Text(data, size));
  if (!message) return 0;
  RequireRanges(*message);
  const std::string text = SerializeCoordinateMessage(*message);
  Require(IsPrintableAscii(text), "a message is printable ASCII");
  const auto again = ParseCoordinateMessage(text);
  Require(again.has_value(), "what was written can be read");
  // Lengths were rounded once, and only then.
  Require(SerializeCoordinateMessage(*again) == text, "it is written the same again");
  Require(again->rtp_timestamp == message->rtp_timestamp && again->found == message->found &&
              again->stages == message->stages && again->arrived == message->arrived,
          "what is no length is the same");
  Require(!message->found || (std::abs(again->x - message->x) <= 0.001 &&
                              std::abs(again->y - message->y) <= 0.001),
          "the place is the same but for rounding");
  return 0;
}
