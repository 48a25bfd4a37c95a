// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace ball {

// What a peer says about one stream that we send (RFC 3550, section 6.4.1).
struct ReceiverReport {
  uint32_t ssrc = 0;
  // The share of packets lost since the report before, 0 to 1.
  double lost = 0;
  // The number of the latest packet that came, with its wraps above the lower 16 bits.
  uint32_t latest = 0;
  // For how long the peer had our sender report when it sent this.
  std::chrono::nanoseconds held{};
  // Nothing before our first sender report is answered.
  std::optional<std::chrono::nanoseconds> round_trip;
};

}  // namespace ball
