// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/overshoot.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kTick{100};

Instant At(milliseconds time) { return Instant(time + seconds(1000)); }

TEST(OvershootTest, IsMoreThanWasAskedFor) {
  Overshoot overshoot;
  EXPECT_FALSE(overshoot.Update(At(kTick), 300000, 330e3));
  EXPECT_TRUE(overshoot.Update(At(2 * kTick), 300000, 500e3));
}

TEST(OvershootTest, WhatWasMadeOfAHigherRateIsNone) {
  Overshoot overshoot;
  EXPECT_FALSE(overshoot.Update(At(kTick), 2000000, 2e6));
  for (int i = 2; i <= 10; ++i) EXPECT_FALSE(overshoot.Update(At(i * kTick), 500000, 2e6));
  EXPECT_TRUE(overshoot.Update(At(seconds(3)), 500000, 2e6));
}

TEST(OvershootTest, CountsForASecond) {
  Overshoot overshoot;
  overshoot.Update(At(seconds(1)), 300000, 500e3);
  EXPECT_TRUE(overshoot.Update(At(milliseconds(1900)), 300000, 0));
  EXPECT_FALSE(overshoot.Update(At(milliseconds(2100)), 300000, 0));
}

}  // namespace
}  // namespace ball
