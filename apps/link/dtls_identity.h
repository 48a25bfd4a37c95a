// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

namespace ball {

// Who we are in a DTLS handshake: a new self-signed certificate and its private key, in PEM, as the
// property `pem` of dtlsdec takes them. Valid from yesterday (a peer's clock may be behind) for a
// month. Empty where OpenSSL cannot make one. Takes under a millisecond; any thread.
//
// The key is ECDSA with P-256, which every WebRTC peer has to know (RFC 8827, section 6.5), where
// GStreamer before 1.28 makes one of RSA by itself: aiortc 1.7 and later refuses that.
std::string MakeDtlsIdentity();

}  // namespace ball
