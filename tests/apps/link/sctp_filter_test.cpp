// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/sctp_filter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ball {
namespace {

using Verdict = SctpFilter::Verdict;
using Bytes = std::vector<uint8_t>;

constexpr uint8_t kData = 0;
constexpr uint8_t kInit = 1;
constexpr uint8_t kShutdown = 7;
constexpr uint8_t kIData = 64;
constexpr uint8_t kReconfig = 130;
constexpr uint8_t kForwardTsn = 192;

// A chunk of that type, padded: `size` is that of its value.
Bytes Chunk(uint8_t type, size_t size) {
  Bytes chunk((4 + size + 3) / 4 * 4, 0);
  chunk[0] = type;
  chunk[2] = static_cast<uint8_t>((4 + size) >> 8);
  chunk[3] = static_cast<uint8_t>(4 + size);
  return chunk;
}

Bytes Data(uint16_t stream, uint8_t type = kData) {
  Bytes chunk = Chunk(type, 17);
  chunk[8] = static_cast<uint8_t>(stream >> 8);
  chunk[9] = static_cast<uint8_t>(stream);
  return chunk;
}

Bytes Packet(const std::vector<Bytes>& chunks) {
  Bytes packet(12, 0);
  for (const Bytes& chunk : chunks) packet.insert(packet.end(), chunk.begin(), chunk.end());
  return packet;
}

TEST(SctpFilterTest, LetsPassWhatAnHonestPeerSends) {
  SctpFilter filter;
  EXPECT_EQ(filter.Judge(Packet({Chunk(kInit, 16)})), Verdict::kPasses);
  EXPECT_EQ(filter.Judge(Packet({Data(0), Data(1), Data(0)})), Verdict::kPasses);
  EXPECT_EQ(filter.Judge(Packet({Chunk(kReconfig, 14), Chunk(kForwardTsn, 4)})), Verdict::kPasses);
  Bytes unpadded = Packet({Data(1)});
  unpadded.resize(unpadded.size() - 3);
  EXPECT_EQ(filter.Judge(unpadded), Verdict::kPasses);
}

TEST(SctpFilterTest, DropsAShutdownWhereverItStands) {
  SctpFilter filter;
  EXPECT_EQ(filter.Judge(Packet({Chunk(kShutdown, 4)})), Verdict::kDropped);
  EXPECT_EQ(filter.Judge(Packet({Data(1), Chunk(kShutdown, 4)})), Verdict::kDropped);
  EXPECT_EQ(filter.Judge(Packet({Chunk(kShutdown, 4), Chunk(kForwardTsn, 8)})), Verdict::kDropped);
}

TEST(SctpFilterTest, DropsWhatIsNoPacket) {
  SctpFilter filter;
  EXPECT_EQ(filter.Judge(Bytes()), Verdict::kDropped);
  EXPECT_EQ(filter.Judge(Bytes(11, 0)), Verdict::kDropped);
  EXPECT_EQ(filter.Judge(Packet({Bytes{kInit, 0, 0}})), Verdict::kDropped) << "half a header";
  EXPECT_EQ(filter.Judge(Packet({Bytes{kInit, 0, 0, 3}})), Verdict::kDropped) << "no length";
  EXPECT_EQ(filter.Judge(Packet({Bytes{kInit, 0, 0, 8}})), Verdict::kDropped) << "beyond the end";
  EXPECT_EQ(filter.Judge(Packet({Chunk(kData, 5)})), Verdict::kDropped) << "no stream";
}

class SctpFilterStreamsTest : public testing::TestWithParam<uint8_t> {};

INSTANTIATE_TEST_SUITE_P(, SctpFilterStreamsTest, testing::Values(kData, kIData),
                         [](const auto& info) { return info.param == kData ? "Data" : "IData"; });

TEST_P(SctpFilterStreamsTest, AreSixteenAtMost) {
  SctpFilter filter;
  for (uint16_t i = 0; i < 16; ++i) {
    EXPECT_EQ(filter.Judge(Packet({Data(i * 257, GetParam())})), Verdict::kPasses) << i;
  }
  EXPECT_EQ(filter.Judge(Packet({Data(1, GetParam())})), Verdict::kExcess);
  EXPECT_EQ(filter.Judge(Packet({Data(15 * 257, GetParam())})), Verdict::kPasses) << "a known one";
}

TEST(SctpFilterTest, LetsThirtyTwoResetsPass) {
  SctpFilter filter;
  for (int i = 0; i < 32; ++i) {
    EXPECT_EQ(filter.Judge(Packet({Chunk(kReconfig, 14)})), Verdict::kPasses) << i;
  }
  EXPECT_EQ(filter.Judge(Packet({Chunk(kReconfig, 14)})), Verdict::kExcess);
  EXPECT_EQ(filter.Judge(Packet({Data(0)})), Verdict::kPasses);
}

}  // namespace
}  // namespace ball
