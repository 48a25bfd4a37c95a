// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/error_statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace ball {
namespace {

ErrorStatistics::Summary Of(const std::vector<double>& values) {
  ErrorStatistics statistics;
  for (const double value : values) {
    statistics.Add(value);
  }
  return statistics.Summarize();
}

TEST(ErrorStatisticsTest, HasNoNumbersWithoutAMeasurement) {
  const auto summary = Of({});
  EXPECT_EQ(summary.count, 0U);
  for (const auto& number :
       {summary.mean, summary.rms, summary.p50, summary.p95, summary.p99, summary.max}) {
    EXPECT_EQ(number, std::nullopt);
  }
}

TEST(ErrorStatisticsTest, IsTheOneMeasurementEverywhere) {
  const auto summary = Of({2.5});
  EXPECT_EQ(summary.count, 1U);
  for (const auto& number :
       {summary.mean, summary.rms, summary.p50, summary.p95, summary.p99, summary.max}) {
    EXPECT_EQ(number, 2.5);
  }
}

TEST(ErrorStatisticsTest, TakesPercentilesByNearestRank) {
  std::vector<double> values(100);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<double>(100 - i);  // 100 down to 1
  }
  const auto summary = Of(values);
  EXPECT_EQ(summary.p50, 50);
  EXPECT_EQ(summary.p95, 95);
  EXPECT_EQ(summary.p99, 99);
  EXPECT_EQ(summary.max, 100);
  EXPECT_EQ(summary.mean, 50.5);
}

TEST(ErrorStatisticsTest, TakesTheHigherNeighbourOfARankBetweenTwo) {
  const auto summary = Of({1, 2, 3});
  EXPECT_EQ(summary.p50, 2);
  EXPECT_EQ(summary.p95, 3);
  EXPECT_EQ(Of({1, 2}).p50, 1);
}

TEST(ErrorStatisticsTest, KnowsTheRootOfTheMeanSquare) {
  EXPECT_DOUBLE_EQ(*Of({3, 4, 0, 0}).rms, 2.5);
}

TEST(ErrorStatisticsTest, FindsTheGreatestOfNegativeMeasurements) {
  EXPECT_EQ(Of({-3, -1, -2}).max, -1);
}

TEST(ErrorStatisticsTest, LeavesOutWhatIsNotFinite) {
  ErrorStatistics statistics;
  statistics.Add(std::numeric_limits<double>::quiet_NaN());
  statistics.Add(std::numeric_limits<double>::infinity());
  statistics.Add(1);
  EXPECT_EQ(statistics.Count(), 1U);
  EXPECT_EQ(statistics.Summarize().max, 1);
}

TEST(ErrorStatisticsTest, AgreesWithSortingOnRandomMeasurements) {
  std::mt19937 random(4);
  std::exponential_distribution<double> distribution(1.0);
  for (size_t size = 1; size < 300; size += 7) {
    std::vector<double> values(size);
    std::generate(values.begin(), values.end(), [&] { return distribution(random); });
    const auto summary = Of(values);
    std::sort(values.begin(), values.end());
    const auto rank = [&](double p) {
      return values[static_cast<size_t>(std::ceil(p * static_cast<double>(size) - 1e-9)) - 1];
    };
    ASSERT_FLOAT_EQ(static_cast<float>(*summary.p50), static_cast<float>(rank(0.50))) << size;
    ASSERT_FLOAT_EQ(static_cast<float>(*summary.p95), static_cast<float>(rank(0.95))) << size;
    ASSERT_FLOAT_EQ(static_cast<float>(*summary.p99), static_cast<float>(rank(0.99))) << size;
  }
}

TEST(ErrorStatisticsTest, CanGoOnAfterASummary) {
  ErrorStatistics statistics;
  statistics.Add(3);
  statistics.Summarize();
  statistics.Add(1);
  EXPECT_EQ(statistics.Summarize().p50, 1);
  EXPECT_EQ(statistics.Summarize().mean, 2);
}

// 997 is prime, so that an even sample meets every value.
TEST(ErrorStatisticsTest, StaysTrueWhenItLetsMeasurementsGo) {
  constexpr size_t kKept = 8192;
  ErrorStatistics statistics(kKept);
  const size_t count = kKept * 5 + 1000;  // thinned three times
  double sum = 0;
  for (size_t i = 0; i < count; ++i) {
    statistics.Add(static_cast<double>(i % 997));
    sum += static_cast<double>(i % 997);
  }
  const auto summary = statistics.Summarize();
  EXPECT_EQ(summary.count, count);
  EXPECT_EQ(summary.max, 996);
  EXPECT_DOUBLE_EQ(*summary.mean, sum / static_cast<double>(count));
  EXPECT_NEAR(*summary.p50, 498, 3);
  EXPECT_NEAR(*summary.p99, 987, 3);
}

TEST(ErrorStatisticsTest, KeepsEverySecondMeasurementAfterItsFirstThinning) {
  ErrorStatistics statistics(4);
  for (const double value : {0, 1, 2, 3, 4, 5, 6}) {
    statistics.Add(value);
  }
  EXPECT_EQ(statistics.Summarize().p50, 2);  // of 0, 2, 4 and 6
  EXPECT_EQ(statistics.Summarize().count, 7U);
}

TEST(ErrorStatisticsTest, KeepsTheMaximumOfMeasurementsThatItLetGo) {
  ErrorStatistics statistics(4);
  for (const double value : {1, 9, 1, 1, 1}) {
    statistics.Add(value);
  }
  EXPECT_EQ(statistics.Summarize().max, 9);
  EXPECT_EQ(statistics.Summarize().p99, 1);
}

}  // namespace
}  // namespace ball
