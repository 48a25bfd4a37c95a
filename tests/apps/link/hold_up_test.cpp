// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/hold_up.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kFrame{33};
// Timestamps count from somewhere else.
constexpr milliseconds kOrigin{123456};

TEST(HoldUpTest, IsNoneForFramesThatComeOnTime) {
  HoldUp hold_up;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(hold_up.Of(i * kFrame, kOrigin + i * kFrame).count(), 0);
}

TEST(HoldUpTest, TellsTheLongestOfABurstForAllOfIt) {
  HoldUp hold_up;
  for (int i = 0; i < 10; ++i) hold_up.Of(i * kFrame, kOrigin + i * kFrame);
  const auto burst = 16 * kFrame;
  for (int i = 10; i <= 16; ++i) {
    EXPECT_EQ(hold_up.Of(burst + milliseconds(i - 10), kOrigin + i * kFrame), 6 * kFrame) << i;
  }
}

TEST(HoldUpTest, IsOverAMomentAfterTheBurst) {
  HoldUp hold_up;
  hold_up.Of(kOrigin, kOrigin);
  EXPECT_EQ(hold_up.Of(kOrigin + milliseconds(300), kOrigin + milliseconds(100)),
            milliseconds(200));
  EXPECT_EQ(hold_up.Of(kOrigin + seconds(1), kOrigin + seconds(1)).count(), 0);
}

TEST(HoldUpTest, TakesALongerWayForGrantedAfterSomeSeconds) {
  HoldUp hold_up;
  hold_up.Of(kOrigin, kOrigin);
  std::chrono::nanoseconds last{};
  for (int i = 1; i < 400; ++i) {
    last = hold_up.Of(kOrigin + i * kFrame + milliseconds(80), kOrigin + i * kFrame);
  }
  EXPECT_EQ(last.count(), 0);
}

}  // namespace
}  // namespace ball
