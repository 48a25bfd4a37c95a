// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>

// What is looked at in an SCTP packet (RFC 9260, section 3).
namespace ball::sctp {

// Bytes; the first chunk comes behind it, and begins with its type.
inline constexpr size_t kCommonHeader = 12;

inline constexpr uint8_t kData = 0;
inline constexpr uint8_t kInit = 1;
inline constexpr uint8_t kInitAck = 2;
inline constexpr uint8_t kShutdown = 7;
inline constexpr uint8_t kCookieEcho = 10;
inline constexpr uint8_t kCookieAck = 11;
inline constexpr uint8_t kIData = 64;      // RFC 8260
inline constexpr uint8_t kReconfig = 130;  // RFC 6525

}  // namespace ball::sctp
