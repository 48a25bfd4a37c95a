// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/rtp_timestamp.h"

// What the client says about one frame: a text message on the data channel.
//
//   {"rtp_timestamp":3527980796,"found":true,"x":123.45,"y":67.89,"radius":20.1,"confidence":0.98,
//    "arrived_us":81234567,
//    "stages_us":{"decoded":610,"handed_over":700,"located":760,"sent":800}}
//
// Only found, and x and y of what was found, must be there. Also accepted, from peers that know no
// identity of a frame: {"x":123.45,"y":67.89} and the text "123.45, 67.89".
namespace ball {

inline constexpr size_t kMaxCoordinateMessage = 4096;  // bytes

// Limits of what a peer may say. A picture is far smaller than a million pixels; the clock may
// count from 1970; no frame spends a minute in a client.
inline constexpr double kMaxCoordinate = 1e6;                                     // px
inline constexpr std::chrono::microseconds kMaxPeerClock{4'000'000'000'000'000};  // 126 years
inline constexpr std::chrono::microseconds kMaxStageTime = std::chrono::seconds(60);

// When a frame had passed each step in the client, since the first packet of the frame arrived
// there. Ascending.
struct StageTimes {
  std::chrono::microseconds decoded{};
  std::chrono::microseconds handed_over{};
  std::chrono::microseconds located{};
  std::chrono::microseconds sent{};

  friend bool operator==(const StageTimes&, const StageTimes&) = default;
};

struct CoordinateMessage {
  std::optional<RtpTimestamp> rtp_timestamp;  // the frame this answers
  bool found = false;
  double x = 0;  // px, as in plugins/ball.h; means nothing unless found
  double y = 0;
  std::optional<double> radius;      // px, above 0
  std::optional<double> confidence;  // 0 to 1
  std::optional<StageTimes> stages;
  // The client's own monotonic clock when the frame's first packet arrived; any origin.
  std::optional<std::chrono::microseconds> arrived;

  friend bool operator==(const CoordinateMessage&, const CoordinateMessage&) = default;
};

// Reads one message. Nothing where it is too long, neither a strict JSON object (json_value.h) nor
// the text form, or a member has another type or is out of range: |x|, |y| <= kMaxCoordinate,
// radius above 0 and at most kMaxCoordinate, confidence 0 to 1, rtp_timestamp an integer of 32 bits
// (3527980796.0 is one, "3527980796" is not), arrived_us 0 to kMaxPeerClock, stages ascending from
// 0 to kMaxStageTime. A member that is null counts as absent; without "found", x and y say that it
// was found.
std::optional<CoordinateMessage> ParseCoordinateMessage(std::string_view text);

// Lengths with three decimals (0.001 px). A number that is not finite becomes null, which no reader
// takes for a position.
std::string SerializeCoordinateMessage(const CoordinateMessage& message);

}  // namespace ball
