// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/stage_splitter.h"

#include <algorithm>
#include <chrono>

namespace ball {

using std::chrono::nanoseconds;

StageDurations StageSplitter::Split(const SentFrame& frame, const CoordinateMessage& message,
                                    Instant arrived) {
  StageDurations stages;
  if (frame.sent < frame.drawn) {
    return stages;
  }
  stages.encode = frame.sent - frame.drawn;
  if (!message.stages) {
    return stages;
  }
  const StageTimes& peer = *message.stages;
  const nanoseconds travelling = arrived - frame.sent - peer.sent;  // both ways
  // More time in the peer than there was at all: these numbers are not true.
  if (travelling < nanoseconds::zero()) {
    return stages;
  }
  stages.decode = peer.decoded;
  stages.hand_over = peer.handed_over - peer.decoded;
  stages.locate = peer.located - peer.handed_over;
  if (!message.arrived) {
    return stages;
  }
  const nanoseconds forward = *message.arrived - nanoseconds(frame.sent.time_since_epoch());
  const nanoseconds back =
      nanoseconds(arrived.time_since_epoch()) - nanoseconds(*message.arrived + peer.sent);
  offset_.Add(arrived, forward, back);
  const nanoseconds there = forward - offset_.Estimate().value_or(nanoseconds::zero());
  stages.network = std::clamp(there, nanoseconds::zero(), travelling);
  // Writing the message and handing it to the data channel is part of the way back.
  stages.back = travelling - *stages.network + (peer.sent - peer.located);
  return stages;
}

}  // namespace ball
