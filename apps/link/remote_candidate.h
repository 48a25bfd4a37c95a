// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

namespace ball {

// Why an ICE candidate of a peer is not tried ("candidate:..." or without the prefix), in a few
// words; empty where it is. Only what has the shape of RFC 8839 and names a numeric address that a
// single host can have gets as far as webrtcbin, which would have names looked up, and would send
// to everybody's address or to none. `loopback`: whether the peer signals over loopback; others
// have no business at our loopback addresses.
std::string WhyNotTried(const std::string& candidate, bool loopback);

}  // namespace ball
