// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/repetition_limit.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

RepetitionLimit::Instant At(milliseconds time) {
  return RepetitionLimit::Instant(seconds(1000) + time);
}

TEST(RepetitionLimitTest, RepeatsEachPacketThatIsMissed) {
  RepetitionLimit limit;
  for (uint16_t number = 0; number < 20; ++number) {
    EXPECT_TRUE(limit.Allows(number, At(milliseconds(0))));
  }
}

TEST(RepetitionLimitTest, HasFourCopiesOfAPacketUnderWayAtMost) {
  RepetitionLimit limit;
  EXPECT_TRUE(limit.Allows(7, At(milliseconds(0))));
  EXPECT_FALSE(limit.Allows(7, At(milliseconds(39))));
  EXPECT_TRUE(limit.Allows(7, At(milliseconds(40))));
  limit.SetRoundTrip(milliseconds(300));
  EXPECT_FALSE(limit.Allows(7, At(milliseconds(114))));
  EXPECT_TRUE(limit.Allows(7, At(milliseconds(115))));
}

TEST(RepetitionLimitTest, TakesAQuarterOfTheRateInTheLongRun) {
  RepetitionLimit limit;
  limit.SetRate(480000);
  int repeated = 0;
  for (int i = 0; i < 10000; ++i) {
    repeated += limit.Allows(static_cast<uint16_t>(i), At(milliseconds(i))) ? 1 : 0;
  }
  // 12.5 a second, and 6 at once.
  EXPECT_NEAR(repeated, 131, 2);
}

TEST(RepetitionLimitTest, RepeatsAFewAtTheLowestRate) {
  RepetitionLimit limit;
  limit.SetRate(0);
  int repeated = 0;
  for (int i = 0; i < 100; ++i) {
    repeated += limit.Allows(static_cast<uint16_t>(i), At(milliseconds(100 * i))) ? 1 : 0;
  }
  EXPECT_EQ(repeated, 100);
}

}  // namespace
}  // namespace ball
