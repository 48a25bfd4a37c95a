// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <span>

namespace ball {

// Whether that is a datagram of a DTLS handshake (RFC 6347).
bool IsDtlsHandshake(std::span<const uint8_t> datagram);

// Whether that SCTP packet sets up an association (RFC 9260) or a data channel (RFC 8832).
bool IsSctpSetUp(std::span<const uint8_t> packet);

// From now on a `dtlsenc` or `sctpenc` sends each of these twice. Either waits for a whole second
// before it repeats one that was lost, then for two and four, and lets nobody set that: over a
// network that loses 10 % a session took 6 s to come up. Receivers drop the second one.
void SendHandshakesTwice(GstElement* encoder, bool (*is_handshake)(std::span<const uint8_t>));

}  // namespace ball
