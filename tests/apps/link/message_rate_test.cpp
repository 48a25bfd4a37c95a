// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/message_rate.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Verdict = MessageRate::Verdict;

const MessageRate::Time kStart{seconds(1000)};

TEST(MessageRateTest, PassesASteadyPaceForEver) {
  MessageRate rate(100);
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(rate.Add(kStart + i * milliseconds(10)), Verdict::kPasses) << i;
  }
}

TEST(MessageRateTest, PassesASecondsWorthAtOnceAfterAPause) {
  MessageRate rate(100);
  for (int burst = 0; burst < 3; ++burst) {
    for (int i = 0; i < 100; ++i) {
      ASSERT_EQ(rate.Add(kStart + burst * seconds(1)), Verdict::kPasses) << burst << " " << i;
    }
  }
}

TEST(MessageRateTest, SaysOnceThatItIsTooMuchAndBlocksAllThatFollows) {
  MessageRate rate(100);
  for (int i = 0; i < 100; ++i) rate.Add(kStart);
  EXPECT_EQ(rate.Add(kStart), Verdict::kOver);
  EXPECT_EQ(rate.Add(kStart), Verdict::kBlocked);
  EXPECT_EQ(rate.Add(kStart + seconds(100)), Verdict::kBlocked);
}

TEST(MessageRateTest, FloodOfFiveTimesTheRateIsOverInAQuarterOfASecond) {
  MessageRate rate(2000);
  int passed = 0;
  while (rate.Add(kStart + passed * microseconds(100)) == Verdict::kPasses) ++passed;
  EXPECT_NEAR(passed, 2500, 2);
}

TEST(MessageRateTest, ZeroIsNoLimit) {
  MessageRate rate(0);
  for (int i = 0; i < 100000; ++i) ASSERT_EQ(rate.Add(kStart), Verdict::kPasses);
}

}  // namespace
}  // namespace ball
