// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <algorithm>

#include "apps/server-app/rate_controller.h"
#include "tests/apps/server-app/rate_play.h"

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RateGrowthTest, ComesBackWhenThereIsRoom) {
  SessionRate session(kLimits);
  Report(session, At(seconds(1)), 1);
  ASSERT_LE(session.rate(), 1000000);
  Reports reports;
  for (int i = 0; i < 400; ++i) {
    session.Reported(At(seconds(2) + i * kTick), reports.Next(0, milliseconds(20)));
    Update(session, At(seconds(2) + i * kTick), session.rate());
  }
  EXPECT_EQ(session.rate(), kLimits.most);
}

// A second of the usual scene, of which vp8enc makes less than a tenth of what it may. `wait`: in a
// queue.
void PlayUsualScene(SessionRate& session, int second, milliseconds wait) {
  for (int i = 0; i < 10; ++i) {
    const Instant now = At(seconds(second) + i * kTick);
    const int made = std::max(39000, session.rate() * 9 / 100);
    session.Answered(now, static_cast<size_t>(made) / 80, milliseconds(20) + wait);
    Update(session, now, made);
  }
}

TEST(RateGrowthTest, MomentOfQueueCostsLittleWhereLittleOfTheRateIsUsed) {
  SessionRate session(kLimits);
  for (int i = 0; i < 4; ++i) PlayUsualScene(session, i, milliseconds(i == 2 ? 200 : 0));
  EXPECT_GT(session.Report().cuts, 0U);
  EXPECT_GE(session.rate(), 1000000);
}

TEST(RateGrowthTest, QueueThatStaysLowersItThoughLittleOfItIsUsed) {
  SessionRate session(kLimits);
  for (int i = 0; i < 9; ++i) PlayUsualScene(session, i, milliseconds(i < 2 ? 0 : 200));
  EXPECT_EQ(session.rate(), kLimits.least);
}

// Each moment of queue would cost a long session a part of its quality for good. First as far as
// the network is known to take it, then further.
TEST(RateGrowthTest, ComesBackThoughLittleOfItIsUsed) {
  SessionRate session(kLimits);
  for (int i = 0; i < 9; ++i) PlayUsualScene(session, i, milliseconds(i < 2 ? 0 : 200));
  for (int i = 9; i < 38; ++i) PlayUsualScene(session, i, milliseconds(0));
  EXPECT_GT(session.rate(), 1000000);
  EXPECT_LT(session.rate(), 1400000);
  for (int i = 38; i < 60; ++i) PlayUsualScene(session, i, milliseconds(0));
  EXPECT_EQ(session.rate(), kLimits.most);
}

TEST(RateGrowthTest, MomentsOfQueueDoNotAddUp) {
  SessionRate session(kLimits);
  for (int i = 0; i < 200; ++i) PlayUsualScene(session, i, milliseconds(i % 20 == 2 ? 200 : 0));
  EXPECT_GE(session.rate(), 1000000);
}

// Where a network took much once and takes little now.
TEST(RateGrowthTest, QueueThatComesBackSoonIsNotTriedAgainAndAgain) {
  SessionRate session(kLimits);
  for (int i = 0; i < 10; ++i) {
    session.Answered(At(i * kTick), 25000, milliseconds(i < 5 ? 20 : 200));
    Update(session, At(i * kTick), kLimits.most);
  }
  size_t cuts = 0;
  for (int i = 1; i < 180; ++i) {
    PlayUsualScene(session, i, milliseconds(session.rate() > 1000000 ? 200 : 0));
    if (i == 60) cuts = session.Report().cuts;
  }
  // At most two each half minute.
  EXPECT_LE(session.Report().cuts - cuts, 8U);
}

TEST(RateGrowthTest, FirstFramesAreMeasuredAgainstTheTimeThatTheyTook) {
  SessionRate session(kLimits);
  session.PathTook(At(milliseconds(0)), milliseconds(5));
  // 2 Mbit/s, of which the first frames are late.
  for (int i = 0; i < 3; ++i) {
    session.Answered(At(i * kTick), 25000, milliseconds(i < 2 ? 300 : 5));
    Update(session, At(i * kTick), kLimits.most);
  }
  EXPECT_GT(session.Report().cuts, 0U);
  EXPECT_GE(session.rate(), 400000);
}

// Frames that wait for a packet are not answered while the network is as full as before.
TEST(RateGrowthTest, GrowsAsFarAsTheMostOfOneQueueCameThrough) {
  SessionRate session(kLimits);
  int behind = 0;
  for (int i = 0; i < 100; ++i) {
    const Instant now = At(i * kTick);
    const bool queue = i >= 10 && i < 30;
    session.Answered(now, i < 15 ? 12500 : 500, milliseconds(queue ? 200 : 20));
    Update(session, now, i < 30 ? kLimits.most : 40000);
    if (i == 31) behind = session.rate();
  }
  EXPECT_GT(session.Report().cuts, 1U);
  EXPECT_GT(session.rate(), behind);
}

TEST(RateGrowthTest, StaysBelowANetworkThatTakesLessAllAtOnce) {
  SessionRate session(kLimits);
  Bottleneck network(10e6);
  int highest = 0;
  for (int i = 0; i < 200; ++i) {
    if (i == 30) network.set_capacity(500e3);
    network.Carry(session, At(i * kTick), session.rate());
    Update(session, At(i * kTick), session.rate());
    if (i >= 50) highest = std::max(highest, session.rate());
  }
  EXPECT_LT(highest, 550000);
}

// Of a client that tells no times.
TEST(RateGrowthTest, QueueFromBeforeNothingCameThroughIsForgotten) {
  SessionRate session(kLimits);
  Reports reports;
  for (int i = 0; i < 60; ++i) {
    const Instant now = At(i * kTick);
    const milliseconds round_trip(i < 5 ? 20 : 220);
    if (i < 30) session.Reported(now, reports.Next(0, round_trip));
    if (i >= 30) session.Requested(now);
    Update(session, now, kLimits.most);
  }
  const int starved = session.rate();
  ASSERT_LT(starved, 400000);
  for (int i = 60; i < 80; ++i) {
    session.Reported(At(i * kTick), reports.Next(0, milliseconds(20)));
    Update(session, At(i * kTick), session.rate());
  }
  EXPECT_LT(session.rate(), starved * 1.3);
}

TEST(RateGrowthTest, WhatTheEncoderMakesForASlowerOneIsUsed) {
  SessionRate session(kLimits);
  for (int i = 0; i < 8; ++i) {
    session.Answered(At(i * kTick), 3000, milliseconds(i < 2 ? 20 : 200));
    session.Update(At(i * kTick), 300000, 300000);
  }
  EXPECT_LT(session.rate(), 300000);
}

TEST(RateGrowthTest, DoesNotGrowWhileASlowerOneHoldsTheEncoder) {
  SessionRate session(kLimits);
  Report(session, At(seconds(1)), 1);
  Reports reports;
  const int before = session.rate();
  for (int i = 0; i < 600; ++i) {
    session.Reported(At(seconds(2) + i * kTick), reports.Next(0, milliseconds(20)));
    session.Update(At(seconds(2) + i * kTick), 150000, 150000);
  }
  EXPECT_EQ(session.rate(), before);
}

}  // namespace
}  // namespace ball
