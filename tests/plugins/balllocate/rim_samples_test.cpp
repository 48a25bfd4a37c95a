// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/rim_samples.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "plugins/balllocate/edge_profile.h"
#include "plugins/balllocate/sector_means.h"
#include "tests/plugins/balllocate/test_picture.h"

namespace ball::locate {
namespace {

using test::CodedFrame;
using test::TestPicture;

constexpr Ball kCircle{20.3, 15.7, 8.4};
constexpr double kHalfWidth = 3;

// A frame in colour noise; its samples about kCircle.
class RimSamplesTest : public testing::Test {
 protected:
  RimSamplesTest()
      : frame_(TestPicture(44, 36, test::ColorNoise(3)), PixelFormat::kRgb),
        layer_(LayersOf(frame_.view()).items[0]) {
    samples_.Read(layer_, kCircle, kHalfWidth, 1e6);
  }

  CodedColor ColorAt(std::size_t k) const {
    const int i = static_cast<int>(std::lround(samples_.x()[k] + kCircle.x));
    const int j = static_cast<int>(std::lround(samples_.y()[k] + kCircle.y));
    return {static_cast<double>(layer_.components[0].At(i, j)),
            static_cast<double>(layer_.components[1].At(i, j)),
            static_cast<double>(layer_.components[2].At(i, j))};
  }

  CodedFrame frame_;
  Layer layer_;
  RimSamples samples_;
};

TEST_F(RimSamplesTest, HasAllNearTheCircle) {
  EXPECT_NEAR(samples_.count(), 2 * std::numbers::pi * kCircle.radius * 2 * kHalfWidth, 15);
  for (int k = 0; k < samples_.count(); ++k) {
    EXPECT_LE(std::abs(std::hypot(samples_.x()[k], samples_.y()[k]) - kCircle.radius),
              kHalfWidth + 1e-4);
    EXPECT_EQ(samples_.sectors()[k], SectorOf(samples_.x()[k], samples_.y()[k]));
  }
}

TEST_F(RimSamplesTest, ReadsFewerLinesOfLargeCircles) {
  const int all = samples_.count();
  samples_.Read(layer_, kCircle, kHalfWidth, all / 2.0);
  EXPECT_NEAR(samples_.count(), all / 2, all / 8);
}

TEST_F(RimSamplesTest, SpreadIsThatOfTheChosen) {
  Column chosen(samples_.count());
  ColorMoments plain;
  for (std::size_t k = 0; k < chosen.size(); ++k) {
    chosen[k] = k % 3 == 0 ? 1.0F : 0.0F;
    if (k % 3 == 0) plain.Add(ColorAt(k));
  }
  const ColorSpread spread = samples_.SpreadOf(chosen);
  EXPECT_EQ(spread.count, plain.count());
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(spread.mean[c], plain.Mean()[c], 1e-9);
  for (std::size_t c = 0; c < 6; ++c) {
    EXPECT_NEAR(spread.covariance[c], plain.Covariance()[c], 1e-6);
  }
}

TEST_F(RimSamplesTest, SpreadOfNoneIsZero) {
  const ColorSpread spread = samples_.SpreadOf(Column(samples_.count(), 0));
  EXPECT_EQ(spread.count, 0);
  EXPECT_EQ(spread.mean, CodedColor{});
}

TEST_F(RimSamplesTest, DistancesAreThoseOfTheColors) {
  const CodedColor color{200.5, 100.25, 30};
  const ColorMetric metric({900, 100, 50, 400, 20, 100});
  Column squares;
  Column lengths;
  samples_.SquaresFrom(color, squares);
  samples_.LengthsFrom(color, metric, lengths);
  for (std::size_t k = 0; k < lengths.size(); ++k) {
    const CodedColor at = ColorAt(k);
    const CodedColor off{at[0] - color[0], at[1] - color[1], at[2] - color[2]};
    EXPECT_NEAR(squares[k], off[0] * off[0] + off[1] * off[1] + off[2] * off[2], 0.02);
    EXPECT_NEAR(lengths[k], metric.Length(off), 1e-3);
  }
}

TEST_F(RimSamplesTest, DepthAndCoverageAreThoseOfTheCircle) {
  const Ball circle{0.4, -0.3, 8.8};
  Column depths;
  Column shares;
  samples_.DepthsIn(circle, depths);
  samples_.CoveredBy(circle, 0.1, shares);
  for (std::size_t k = 0; k < depths.size(); ++k) {
    const double dx = samples_.x()[k] - circle.x;
    const double dy = samples_.y()[k] - circle.y;
    const double distance = std::hypot(dx, dy);
    EXPECT_NEAR(depths[k], circle.radius - distance, 1e-4);
    const EdgeProfile profile(dx / distance, dy / distance, 0.1);
    EXPECT_NEAR(shares[k], profile.At(circle.radius - distance).share, 1e-4);
  }
}

TEST(RimSamplesOfLumaTest, SpreadKnowsOneComponentOnly) {
  const CodedFrame frame(TestPicture(44, 36, test::GreyNoise(3)), PixelFormat::kGray8);
  RimSamples samples;
  samples.Read(LayersOf(frame.view()).items[0], kCircle, kHalfWidth, 1e6);
  const ColorSpread spread = samples.SpreadOf(Column(samples.count(), 1));
  EXPECT_GT(spread.mean[0], 0);
  EXPECT_GT(spread.covariance[0], 0);
  EXPECT_EQ(spread.mean[1], 0);
  EXPECT_EQ(spread.covariance[3], 0);
}

}  // namespace
}  // namespace ball::locate
