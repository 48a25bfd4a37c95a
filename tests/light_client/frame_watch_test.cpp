// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/light_client/frame_watch.h"

#include <gtest/gtest.h>

#include <array>

namespace ball {
namespace {

using std::chrono::milliseconds;

constexpr uint32_t kFirst = 4294967000;
constexpr uint32_t kSecond = 2704;

std::array<uint8_t, 20> Packet(uint16_t number, uint32_t timestamp, bool marker) {
  std::array<uint8_t, 20> packet{0x90, static_cast<uint8_t>(96 | (marker ? 0x80 : 0))};
  packet[2] = static_cast<uint8_t>(number >> 8);
  packet[3] = static_cast<uint8_t>(number);
  for (size_t i = 0; i < 4; ++i) packet[4 + i] = static_cast<uint8_t>(timestamp >> (24 - 8 * i));
  return packet;
}

TEST(FrameWatchTest, TellsAFrameWithItsLastPacket) {
  FrameWatch watch;
  EXPECT_FALSE(watch.Receive(Packet(7, kFirst, false)));
  EXPECT_EQ(watch.Receive(Packet(8, kFirst, true)), RtpTimestamp{kFirst});
  EXPECT_EQ(watch.Receive(Packet(9, kSecond, true)), RtpTimestamp{kSecond});
}

TEST(FrameWatchTest, FollowsSequenceNumbersThatStartAnew) {
  FrameWatch watch;
  EXPECT_FALSE(watch.Receive(Packet(65535, kFirst, false)));
  EXPECT_EQ(watch.Receive(Packet(0, kFirst, true)), RtpTimestamp{kFirst});
}

TEST(FrameWatchTest, TellsNoFrameOfWhichAPacketIsMissing) {
  FrameWatch watch;
  EXPECT_FALSE(watch.Receive(Packet(1, kFirst, false)));
  EXPECT_FALSE(watch.Receive(Packet(3, kFirst, true)));
  EXPECT_EQ(watch.incomplete(), 1);
  EXPECT_EQ(watch.Receive(Packet(4, kSecond, true)), RtpTimestamp{kSecond});
}

TEST(FrameWatchTest, TellsNoFrameWhoseFirstPacketIsMissing) {
  FrameWatch watch;
  EXPECT_TRUE(watch.Receive(Packet(1, kFirst, true)));
  EXPECT_FALSE(watch.Receive(Packet(3, kSecond, false)));
  EXPECT_FALSE(watch.Receive(Packet(4, kSecond, true)));
  EXPECT_EQ(watch.incomplete(), 1);
}

TEST(FrameWatchTest, PassesOverRepeatedPackets) {
  FrameWatch watch;
  EXPECT_TRUE(watch.Receive(Packet(1, kFirst, true)));
  EXPECT_FALSE(watch.Receive(Packet(1, kFirst, true)));
  EXPECT_TRUE(watch.Receive(Packet(2, kSecond, true)));
}

TEST(FrameWatchTest, PassesOverRtcpAndWhatIsTooShort) {
  FrameWatch watch;
  auto rtcp = Packet(1, kFirst, true);
  rtcp[1] = 200;
  EXPECT_FALSE(watch.Receive(rtcp));
  EXPECT_FALSE(watch.Receive(std::span<const uint8_t>(rtcp).first(11)));
  EXPECT_FALSE(watch.Receive({}));
}

TEST(PaceTest, KnowsRateAndLongestGap) {
  const Pace::Time start;
  Pace pace;
  for (const int at : {0, 30, 90, 120}) pace.Add(start + milliseconds(at));
  EXPECT_EQ(pace.count(), 4);
  EXPECT_DOUBLE_EQ(pace.Rate(), 25);
  EXPECT_EQ(pace.LongestGap(), milliseconds(60));
}

TEST(PaceTest, HasNoRateBeforeTheSecond) {
  Pace pace;
  EXPECT_EQ(pace.Rate(), 0);
  pace.Add({});
  EXPECT_EQ(pace.Rate(), 0);
}

}  // namespace
}  // namespace ball
