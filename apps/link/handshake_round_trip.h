// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "apps/link/sctp_packet.h"

namespace ball {

// What the handshake of SCTP (RFC 9260, section 5.1) tells about the way to the peer and back:
//
//   INIT  ------------->            COOKIE ECHO  ------------->
//         <-------------  INIT ACK               <-------------  COOKIE ACK
//
// It goes the way that media goes, over relays too, and before any of it: nothing of ours fills a
// queue yet. A peer answers at once. Where a packet is repeated the first one counts, so that what
// is told may be too long, and never too short. Times are arguments. One thread at a time.
class HandshakeRoundTrip {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  // An SCTP packet that goes to the peer.
  void Sent(std::span<const uint8_t> packet, Instant now);
  // One that came from there. The round trip that it ends, if it does.
  std::optional<std::chrono::nanoseconds> Received(std::span<const uint8_t> packet, Instant now);
  // No packet tells anything any more.
  bool Over() const;

 private:
  struct Exchange {
    uint8_t question;
    uint8_t answer;
    std::optional<Instant> asked;
    bool answered = false;
  };

  std::array<Exchange, 2> exchanges_{Exchange{sctp::kInit, sctp::kInitAck, {}},
                                     Exchange{sctp::kCookieEcho, sctp::kCookieAck, {}}};
};

}  // namespace ball
