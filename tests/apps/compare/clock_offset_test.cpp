// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/clock_offset.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace ball {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

const Instant kStart{hours(100)};

TEST(ClockOffsetTest, KnowsNothingBeforeTheFirstJourney) {
  EXPECT_EQ(ClockOffset().Estimate(), std::nullopt);
}

TEST(ClockOffsetTest, IsExactForOneJourneyAsLongThereAsBack) {
  ClockOffset offset;
  offset.Add(kStart, seconds(5) + microseconds(300), -seconds(5) + microseconds(300));
  EXPECT_EQ(offset.Estimate(), seconds(5));
}

TEST(ClockOffsetTest, IsExactForClocksYearsApart) {
  for (const nanoseconds apart :
       {nanoseconds(hours(24) * 365 * 50), -nanoseconds(hours(24) * 365 * 50)}) {
    ClockOffset offset;
    offset.Add(kStart, apart + milliseconds(1), -apart + milliseconds(1));
    EXPECT_EQ(offset.Estimate(), apart);
  }
}

TEST(ClockOffsetTest, CountsHalfOfWhatOneWayIsLonger) {
  ClockOffset offset;
  offset.Add(kStart, milliseconds(3), milliseconds(1));
  EXPECT_EQ(offset.Estimate(), milliseconds(1));
}

// Jitter on one way only, as video packets queue and small messages do not.
TEST(ClockOffsetTest, IsNotMisledByJitterOnOneWay) {
  std::mt19937 random(5);
  std::exponential_distribution<double> jitter_us(1.0 / 2000);
  ClockOffset offset;
  const nanoseconds apart = milliseconds(1234);
  for (int frame = 0; frame < 300; ++frame) {
    const auto jitter = microseconds(static_cast<int64_t>(jitter_us(random)));
    offset.Add(kStart + frame * milliseconds(33), apart + microseconds(500) + jitter,
               -apart + microseconds(500));
  }
  EXPECT_NEAR(static_cast<double>((*offset.Estimate() - apart).count()), 0, 30e3);
}

TEST(ClockOffsetTest, FollowsClocksThatDriftApart) {
  ClockOffset offset;
  constexpr double kDrift = 100e-6;
  for (int frame = 0; frame < 3000; ++frame) {
    const nanoseconds passed = frame * milliseconds(33);
    const nanoseconds apart =
        seconds(7) + nanoseconds(std::llround(static_cast<double>(passed.count()) * kDrift));
    offset.Add(kStart + passed, apart + microseconds(400), -apart + microseconds(400));
    // Half of what they drift in ten seconds, and a step of the window more.
    ASSERT_LE(std::abs((*offset.Estimate() - apart).count()), 530'000) << frame;
  }
}

TEST(ClockOffsetTest, ForgetsWhatIsOlderThanTheWindow) {
  ClockOffset offset(seconds(1));
  offset.Add(kStart, milliseconds(-50), milliseconds(1));
  offset.Add(kStart + milliseconds(900), milliseconds(1), milliseconds(1));
  EXPECT_EQ(offset.Estimate(), microseconds(-25500));
  offset.Add(kStart + milliseconds(1100), milliseconds(1), milliseconds(1));
  EXPECT_EQ(offset.Estimate(), nanoseconds::zero());
}

TEST(ClockOffsetTest, StartsAgainAfterALongSilence) {
  ClockOffset offset;
  offset.Add(kStart, milliseconds(-50), milliseconds(1));
  offset.Add(kStart + hours(5), milliseconds(7), milliseconds(1));
  EXPECT_EQ(offset.Estimate(), milliseconds(3));
}

TEST(ClockOffsetTest, TakesATimeBeforeTheLastAsTheLast) {
  ClockOffset offset;
  offset.Add(kStart, milliseconds(4), milliseconds(2));
  offset.Add(kStart - hours(1), milliseconds(2), milliseconds(2));
  EXPECT_EQ(offset.Estimate(), nanoseconds::zero());
}

}  // namespace
}  // namespace ball
