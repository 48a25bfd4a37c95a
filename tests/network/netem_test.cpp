// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/network/netem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ball {
namespace {

using testing::ElementsAre;

Impairment Read(const char* text) { return *ParseImpairment(text).impairment; }

std::string Joined(const Qdisc& qdisc) {
  std::string text;
  for (const std::string& word : qdisc) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> Lines(const char* text) {
  std::vector<std::string> lines;
  for (const Qdisc& qdisc : NetemQdiscs(Read(text)).value_or(std::vector<Qdisc>())) {
    lines.push_back(Joined(qdisc));
  }
  return lines;
}

TEST(NetemTest, DoesNothingWhereNothingIsAskedOfIt) {
  EXPECT_THAT(Lines(""), ElementsAre("root handle 1: netem limit 20000"));
}

TEST(NetemTest, LosesDelaysAndDuplicates) {
  EXPECT_THAT(Lines("loss=5,delay=50,duplicate=1"),
              ElementsAre("root handle 1: netem limit 20000 delay 50000us loss random 5.000000% "
                          "duplicate 1.000000%"));
}

TEST(NetemTest, LosesInBurstsByTheSameModel) {
  // Entered by 0.25 * 0.2 / 0.8 of the packets.
  EXPECT_THAT(Lines("loss=20,burst=4"),
              ElementsAre("root handle 1: netem limit 20000 loss gemodel 6.250000% 25.000000%"));
}

TEST(NetemTest, AddsJitterInOrder) {
  EXPECT_THAT(Lines("delay=50,jitter=30"),
              ElementsAre("root handle 1: netem limit 20000 delay 65000us 15000us rate 10gbit"));
}

TEST(NetemTest, HoldsBackWhatOthersShallOvertake) {
  EXPECT_THAT(Lines("reorder=5:20"),
              ElementsAre("root handle 1: netem limit 20000 delay 20000us reorder 95.000000%"));
}

TEST(NetemTest, LimitsTheRateByATokenBucketWhoseQueueIsATime) {
  EXPECT_THAT(Lines("rate=500,delay=20,queue=100"),
              ElementsAre("root handle 1: netem limit 20000 delay 20000us",
                          "parent 1:1 handle 10: tbf rate 500000bit burst 1600b latency 100000us"));
}

TEST(NetemTest, LeavesToOthersWhatItCannot) {
  EXPECT_FALSE(NetemQdiscs(Read("reorder=5:20,delay=20")));
  EXPECT_FALSE(NetemQdiscs(Read("reorder=5:20,jitter=20")));
  EXPECT_FALSE(NetemQdiscs(Read("blackout=5:2")));
}

TEST(NetemTest, InADarkNetworkAllIsLostAndTheDelayStays) {
  EXPECT_EQ(Joined(DarkNetem(Read("loss=5,burst=4,delay=50,rate=500"))),
            "root handle 1: netem limit 20000 delay 50000us loss random 100.000000%");
}

}  // namespace
}  // namespace ball
