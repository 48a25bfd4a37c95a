// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/webrtc/webrtc.h>

#include <optional>
#include <string>

namespace ball {

// What a sender of video does about packets that the network loses. Each costs nothing where the
// receiver's answer does not take it.
struct LossProtection {
  // Sends again what the receiver misses (RFC 4588): a round trip later, for as many bits as are
  // lost.
  bool retransmit = false;
  // Sends that many percent of parity packets beside each frame (ULPFEC in RED, RFC 5109 and 2198):
  // what is missing is there at once. 0 for none.
  int parity_percent = 0;

  friend bool operator==(const LossProtection&, const LossProtection&) = default;
};

// "none", "nack", "fec" or "nack+fec", the parity being `parity_percent`; nothing for another text.
std::optional<LossProtection> ParseLossProtection(const std::string& text, int parity_percent);

// Before the offer or answer is made. An answerer that names both takes what is offered of them.
void Protect(GstWebRTCRTPTransceiver* transceiver, const LossProtection& protection);

}  // namespace ball
