// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/queue_gauge.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Instant At(milliseconds time) { return Instant(time + seconds(1000)); }

TEST(QueueGaugeTest, ComparesTheShortestOfTheMomentWithTheShortest) {
  QueueGauge gauge;
  gauge.Add(At(seconds(1)), milliseconds(20));
  gauge.Add(At(seconds(2)), milliseconds(90));
  gauge.Add(At(seconds(3)), milliseconds(70));
  EXPECT_EQ(gauge.Least(), milliseconds(20));
  EXPECT_EQ(gauge.WaitSince(At(seconds(2))), milliseconds(50));
}

TEST(QueueGaugeTest, KnowsNothingOfAMomentWithoutAny) {
  QueueGauge gauge;
  EXPECT_FALSE(gauge.WaitSince(At(seconds(0))));
  gauge.Add(At(seconds(1)), milliseconds(20));
  EXPECT_FALSE(gauge.WaitSince(At(seconds(2))));
}

TEST(QueueGaugeTest, KnowsOfAQueueThatWasThereFromTheStart) {
  QueueGauge gauge;
  gauge.Add(At(seconds(1)), milliseconds(240));
  EXPECT_EQ(gauge.WaitSince(At(seconds(0)), milliseconds(40)), milliseconds(200));
  EXPECT_EQ(gauge.WaitSince(At(seconds(0)), milliseconds(300)), milliseconds(0));
}

TEST(QueueGaugeTest, ForgetsTheShortestAfterHalfAMinute) {
  QueueGauge gauge;
  gauge.Add(At(seconds(0)), milliseconds(20));
  for (int i = 1; i < 42; ++i) gauge.Add(At(seconds(i)), milliseconds(100));
  EXPECT_EQ(gauge.Least(), milliseconds(100));
}

}  // namespace
}  // namespace ball
