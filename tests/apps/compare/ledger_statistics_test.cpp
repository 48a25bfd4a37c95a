// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/ledger_statistics.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

using std::chrono::microseconds;

FrameRecord Answered(int loop_us, double error) {
  FrameRecord record;
  record.fate = Fate::kMatched;
  record.matched_error = error;
  record.loop = microseconds(loop_us);
  return record;
}

StageDurations StagesOf(int each_us) {
  const microseconds each(each_us);
  return {each, each, each, each, each, each};
}

TEST(RecentMedianTest, IsNothingBeforeTheFirstValue) {
  EXPECT_EQ(RecentMedian().Median(), std::nullopt);
}

TEST(RecentMedianTest, IsOneOfTheValues) {
  RecentMedian median;
  for (const double value : {5.0, 1.0, 2.0}) {
    median.Add(value);
  }
  EXPECT_EQ(median.Median(), 2);
}

TEST(RecentMedianTest, ForgetsWhatIsNotRecent) {
  RecentMedian median;
  for (int i = 0; i < 1000; ++i) {
    median.Add(9);
  }
  for (size_t i = 0; i < LedgerTotals::kRecent; ++i) {
    median.Add(1);
  }
  EXPECT_EQ(median.Median(), 1);
}

TEST(LedgerStatisticsTest, IsEmptyAtFirst) {
  LedgerSummary summary;
  LedgerStatistics().Fill(summary);
  EXPECT_EQ(summary.loop.count, 0U);
  EXPECT_EQ(summary.stage_means, std::nullopt);
  LedgerTotals totals;
  LedgerStatistics().Fill(totals);
  EXPECT_EQ(totals.recent_loop, std::nullopt);
}

TEST(LedgerStatisticsTest, CountsTimesInMillisecondsAndErrorsInPixels) {
  LedgerStatistics statistics;
  statistics.AddAnswered(Answered(4500, 0.25));
  statistics.AddNaiveError(7);
  LedgerSummary summary;
  statistics.Fill(summary);
  EXPECT_EQ(summary.loop.mean, 4.5);
  EXPECT_EQ(summary.matched_error.mean, 0.25);
  EXPECT_EQ(summary.naive_error.mean, 7);
  LedgerTotals totals;
  statistics.Fill(totals);
  EXPECT_EQ(totals.recent_loop, 4.5);
  EXPECT_EQ(totals.recent_matched_error, 0.25);
}

TEST(LedgerStatisticsTest, AveragesStagesOverFramesThatHaveThemAll) {
  LedgerStatistics statistics;
  FrameRecord record = Answered(6000, 0);
  record.stages = StagesOf(1000);
  statistics.AddAnswered(record);
  record.stages.network.reset();
  record.stages.encode = microseconds(5000);
  statistics.AddAnswered(record);
  LedgerSummary summary;
  statistics.Fill(summary);
  EXPECT_EQ(summary.stages.encode.mean, 3);
  EXPECT_EQ(summary.stages.network.count, 1U);
  ASSERT_TRUE(summary.stage_means);
  EXPECT_EQ(summary.stage_means->count, 1U);
  EXPECT_EQ(summary.stage_means->encode, 1);
  EXPECT_EQ(summary.stage_means->loop, 6);
}

}  // namespace
}  // namespace ball
