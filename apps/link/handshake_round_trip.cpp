// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/handshake_round_trip.h"

#include <algorithm>
#include <utility>

namespace ball {
namespace {

// Behind the common header; none of these four stands behind another chunk.
std::optional<uint8_t> FirstChunk(std::span<const uint8_t> packet) {
  if (packet.size() <= sctp::kCommonHeader) return {};
  return packet[sctp::kCommonHeader];
}

}  // namespace

void HandshakeRoundTrip::Sent(std::span<const uint8_t> packet, Instant now) {
  const auto chunk = FirstChunk(packet);
  for (Exchange& exchange : exchanges_) {
    if (chunk == exchange.question && !exchange.asked) exchange.asked = now;
  }
}

std::optional<std::chrono::nanoseconds> HandshakeRoundTrip::Received(
    std::span<const uint8_t> packet, Instant now) {
  const auto chunk = FirstChunk(packet);
  for (Exchange& exchange : exchanges_) {
    if (chunk != exchange.answer || !exchange.asked) continue;
    if (!std::exchange(exchange.answered, true)) return now - *exchange.asked;
  }
  return {};
}

bool HandshakeRoundTrip::Over() const {
  return std::ranges::all_of(exchanges_, &Exchange::answered);
}

}  // namespace ball
