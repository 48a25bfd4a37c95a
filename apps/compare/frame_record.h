// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "apps/compare/instant.h"
#include "apps/wire/coordinate_message.h"
#include "plugins/ball.h"
#include "plugins/rtp_timestamp.h"

namespace ball {

// A frame as the source drew it. No truth: the ball was hidden.
struct DrawnFrame {
  std::optional<Ball> truth;
  Instant drawn;       // of a live source: when it was due, however late it came
  size_t skipped = 0;  // frames that the source left out before it
};

// A frame on its way to one peer.
struct SentFrame {
  RtpTimestamp id;
  std::optional<Ball> truth;
  Instant drawn;
  Instant sent;      // its first packet left the payloader
  size_t bytes = 0;  // as encoded; 0 where it is not known
};

// What became of a frame in the end. Exactly one of these is true of every frame sent.
enum class Fate {
  kMatched,   // an answer in time: the ball is here
  kNotFound,  // an answer in time: there is no ball
  kLate,      // the first answer came too late
  kLost,      // no answer came
};

std::string_view ToString(Fate fate);

// Where the time of one frame went, from drawn to its coordinates returned. What the peer does not
// tell, or tells so that it cannot be true, is nothing. Where all are there, they add up to the
// loop time exactly.
struct StageDurations {
  std::optional<std::chrono::nanoseconds> encode;     // drawn until sent
  std::optional<std::chrono::nanoseconds> network;    // until the peer's jitter buffer has it
  std::optional<std::chrono::nanoseconds> decode;     // until decoded
  std::optional<std::chrono::nanoseconds> hand_over;  // until it is with the locator
  std::optional<std::chrono::nanoseconds> locate;     // until located
  std::optional<std::chrono::nanoseconds> back;       // until the message is here ("return")

  bool Complete() const { return encode && network && decode && hand_over && locate && back; }
};

// All that is known about one frame whose fate is final.
struct FrameRecord {
  SentFrame frame;
  Fate fate = Fate::kLost;
  std::optional<CoordinateMessage> answer;  // the first one; nothing where the frame is lost
  std::optional<Instant> arrived;           // of that answer
  std::optional<double> matched_error;      // px; where both the answer and the frame have a ball
  std::optional<double> naive_error;        // px
  std::optional<std::chrono::nanoseconds> loop;  // drawn until arrived
  StageDurations stages;                         // of a frame matched or not found
};

// What one message was.
struct Verdict {
  enum class Kind {
    kMatched,       // the first answer to a frame, in time, with a ball
    kNotFound,      // the first answer to a frame, in time, without
    kLate,          // the first answer to a frame, too late
    kDuplicate,     // another answer to a frame
    kUnknown,       // for a frame that was never sent, or so long ago that it is forgotten
    kUnidentified,  // does not say which frame
  };

  Kind kind = Kind::kUnknown;
  std::optional<Ball> truth;                     // of the frame, where it is known and had a ball
  std::optional<double> matched_error;           // px; of kMatched, where the frame had a ball
  std::optional<std::chrono::nanoseconds> loop;  // drawn until arrived, where the frame is known
  // On the network, there and back, where the client tells how long it had the frame.
  std::optional<std::chrono::nanoseconds> travel;
  size_t bytes = 0;  // of that frame, where it is known
};

std::string_view ToString(Verdict::Kind kind);

}  // namespace ball
