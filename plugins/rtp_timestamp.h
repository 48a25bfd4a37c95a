// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <compare>
#include <cstdint>

namespace ball {

// The RTP timestamp of a frame: its identity for both peers (90 kHz, random origin, wraps after 13
// h 15 min).
struct RtpTimestamp {
  uint32_t value = 0;

  friend auto operator<=>(const RtpTimestamp&, const RtpTimestamp&) = default;
};

}  // namespace ball
