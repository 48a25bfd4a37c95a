// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/loss_share.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

TEST(LossShareTest, TellsNothingOfAFewPackets) {
  LossShare share;
  EXPECT_FALSE(share.Add(0, 1000));
  EXPECT_FALSE(share.Add(0.5, 1004));
  EXPECT_FALSE(share.Add(0.25, 1008));
}

TEST(LossShareTest, WeighsReportsByTheirPackets) {
  LossShare share;
  share.Add(0, 0);
  share.Add(0.5, 10);
  const auto told = share.Add(0, 100);
  ASSERT_TRUE(told);
  EXPECT_DOUBLE_EQ(*told, 0.05);
}

TEST(LossShareTest, BeginsAnewWhenItHasTold) {
  LossShare share;
  share.Add(0, 0);
  EXPECT_TRUE(share.Add(1, 100));
  EXPECT_FALSE(share.Add(0, 150));
  EXPECT_EQ(share.Add(0, 200), 0);
}

TEST(LossShareTest, GoesOnWhereTheCountWraps) {
  LossShare share;
  share.Add(0, 0xFFFFFFC0U);
  EXPECT_EQ(share.Add(0.5, 0x40), 0.5);
}

TEST(LossShareTest, CountsNoneWhereTheNumberIsTheSameOrJumps) {
  LossShare share;
  share.Add(0, 1000);
  EXPECT_FALSE(share.Add(1, 1000));
  EXPECT_FALSE(share.Add(1, 900));
  EXPECT_FALSE(share.Add(1, 0x70000000));
}

}  // namespace
}  // namespace ball
