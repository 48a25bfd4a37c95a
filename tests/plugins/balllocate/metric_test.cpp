// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/metric.h"

#include <gtest/gtest.h>

namespace ball::locate {
namespace {

TEST(ColorMomentsTest, MeanAndCovarianceOfAFewColors) {
  ColorMoments moments;
  moments.Add({1, 10, 5});
  moments.Add({3, 20, 5});
  EXPECT_EQ(moments.count(), 2);
  EXPECT_EQ(moments.Mean(), (CodedColor{2, 15, 5}));
  const Symmetric expected{1, 5, 0, 25, 0, 0};
  EXPECT_EQ(moments.Covariance(), expected);
}

TEST(ColorMomentsTest, AreZeroWithoutColors) {
  EXPECT_EQ(ColorMoments().Mean(), CodedColor{});
  EXPECT_EQ(ColorMoments().Covariance(), Symmetric{});
}

TEST(ColorMetricTest, UnitCovarianceIsEuclid) {
  EXPECT_DOUBLE_EQ(ColorMetric({1, 0, 0, 1, 0, 1}).Length({2, 3, 6}), 7);
}

TEST(ColorMetricTest, CountsADirectionByItsDeviation) {
  const ColorMetric metric({100, 0, 0, 4, 0, 1});
  EXPECT_DOUBLE_EQ(metric.Length({10, 0, 0}), 1);
  EXPECT_DOUBLE_EQ(metric.Length({0, 10, 0}), 5);
  EXPECT_DOUBLE_EQ(metric.Length({0, 0, -10}), 10);
}

TEST(ColorMetricTest, GreyNoiseHardlyCounts) {
  // Grey varies with deviation 50, everything else with 1.
  const ColorMetric metric({2501, 2500, 2500, 2501, 2500, 2501});
  EXPECT_LT(metric.Length({30, 30, 30}), 0.7);
  EXPECT_GT(metric.Length({30, -30, 0}), 40);
}

TEST(ColorMetricTest, NoiseGainIsTheVarianceOfALength) {
  EXPECT_DOUBLE_EQ(ColorMetric({1, 0, 0, 1, 0, 1}).NoiseGain({2, 3, 6}), 1);
  const ColorMetric metric({100, 0, 0, 4, 0, 1});
  EXPECT_NEAR(metric.NoiseGain({50, 0, 0}), 0.01, 1e-12);
  EXPECT_NEAR(metric.NoiseGain({0, 0, 7}), 1, 1e-12);
  EXPECT_GT(metric.NoiseGain({0, 0, 0}), 0);
}

TEST(ColorMetricTest, IsHomogeneous) {
  const ColorMetric metric({9, 2, 1, 7, 3, 8});
  EXPECT_NEAR(metric.Length({-9, 6, 12}), 3 * metric.Length({3, -2, -4}), 1e-12);
}

}  // namespace
}  // namespace ball::locate
