// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "plugins/rtp_timestamp.h"

// What locator-app writes on its standard output, one JSON object a line, for client-app alone:
//
//   {"ready":true}                                    once, when it waits for frames
//   {"rtp_timestamp":3527980796,"found":true,"x":123.45,"y":67.89,"radius":20.1,"confidence":0.98,
//    "received_us":81234567,"located_us":81234627}    for each frame
namespace ball {

inline constexpr size_t kMaxLocatorLine = 4096;  // bytes, the line's end not counted

struct LocatorReady {
  friend bool operator==(const LocatorReady&, const LocatorReady&) = default;
};

struct LocatorMessage {
  std::optional<RtpTimestamp> rtp_timestamp;  // nothing where the frame carried none
  bool found = false;
  double x = 0;  // px, as in plugins/ball.h; these four mean nothing unless found
  double y = 0;
  double radius = 0;      // px, above 0
  double confidence = 0;  // 0 to 1
  // CLOCK_MONOTONIC, which all processes of a machine share: the frame came out of shared memory,
  // the answer was there. Ascending.
  std::chrono::microseconds received{};
  std::chrono::microseconds located{};

  friend bool operator==(const LocatorMessage&, const LocatorMessage&) = default;
};

using LocatorLine = std::variant<LocatorReady, LocatorMessage>;

// Reads one line without its end. Nothing where it is neither of the two above; the limits are
// those of a coordinate message. The locator is another process, and may be anybody's element: what
// it writes is input.
std::optional<LocatorLine> ParseLocatorLine(std::string_view line);

// One line without its end, lengths with three decimals.
std::string SerializeLocatorLine(const LocatorLine& line);

}  // namespace ball
