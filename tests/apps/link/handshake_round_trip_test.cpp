// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/handshake_round_trip.h"

#include <gtest/gtest.h>

#include <vector>

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr uint8_t kData = 0;
constexpr uint8_t kInit = 1;
constexpr uint8_t kInitAck = 2;
constexpr uint8_t kCookieEcho = 10;
constexpr uint8_t kCookieAck = 11;

HandshakeRoundTrip::Instant At(milliseconds time) {
  return HandshakeRoundTrip::Instant(time + seconds(1000));
}

std::vector<uint8_t> Packet(uint8_t chunk) {
  std::vector<uint8_t> packet(16, 0);
  packet[12] = chunk;
  return packet;
}

TEST(HandshakeRoundTripTest, EachAnswerEndsARoundTrip) {
  HandshakeRoundTrip handshake;
  handshake.Sent(Packet(kInit), At(milliseconds(10)));
  EXPECT_EQ(handshake.Received(Packet(kInitAck), At(milliseconds(50))), milliseconds(40));
  EXPECT_FALSE(handshake.Over());
  handshake.Sent(Packet(kCookieEcho), At(milliseconds(51)));
  EXPECT_EQ(handshake.Received(Packet(kCookieAck), At(milliseconds(93))), milliseconds(42));
  EXPECT_TRUE(handshake.Over());
}

TEST(HandshakeRoundTripTest, OneThatIsRepeatedIsNeverTooShort) {
  HandshakeRoundTrip handshake;
  handshake.Sent(Packet(kInit), At(milliseconds(0)));
  handshake.Sent(Packet(kInit), At(milliseconds(3000)));
  EXPECT_EQ(handshake.Received(Packet(kInitAck), At(milliseconds(3040))), milliseconds(3040));
  EXPECT_FALSE(handshake.Received(Packet(kInitAck), At(milliseconds(3041))));
}

// The peer begins as well, and what it asks is no answer.
TEST(HandshakeRoundTripTest, NothingElseEndsOne) {
  HandshakeRoundTrip handshake;
  EXPECT_FALSE(handshake.Received(Packet(kInitAck), At(milliseconds(1))));
  handshake.Sent(Packet(kInit), At(milliseconds(2)));
  for (const uint8_t chunk : {kData, kInit, kCookieEcho, kCookieAck}) {
    EXPECT_FALSE(handshake.Received(Packet(chunk), At(milliseconds(3))));
  }
  EXPECT_FALSE(handshake.Received({}, At(milliseconds(3))));
  EXPECT_FALSE(handshake.Received(std::vector<uint8_t>(12, kInitAck), At(milliseconds(3))));
}

}  // namespace
}  // namespace ball
