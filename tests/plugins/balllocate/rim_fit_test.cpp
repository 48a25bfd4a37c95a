// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/rim_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/plugins/balllocate/test_picture.h"

namespace ball::locate {
namespace {

using test::CodedFrame;
using test::TestPicture;

constexpr Ball kTruth{40.37, 38.81, 15.4};

TestPicture DiscOn(const test::Background& background) {
  TestPicture picture(80, 78, background);
  picture.DrawDisc(kTruth, test::kOrange);
  return picture;
}

std::optional<RimFit> FitIn(const TestPicture& picture, const Ball& start,
                            PixelFormat format = PixelFormat::kI420) {
  const CodedFrame frame(picture, format);
  return RimFitter().Fit(LayersOf(frame.view()), start);
}

double ErrorOf(const std::optional<RimFit>& fit, const Ball& truth = kTruth) {
  return fit ? std::hypot(fit->ball.x - truth.x, fit->ball.y - truth.y) : 1e9;
}

TEST(RimFitterTest, IsExactFromAPixelAway) {
  const TestPicture picture = DiscOn(test::Solid(test::kBlack));
  for (const double angle : {0.0, 1.0, 2.5, 4.0}) {
    const Ball start{kTruth.x + std::cos(angle), kTruth.y + std::sin(angle), kTruth.radius + 0.5};
    const auto fit = FitIn(picture, start);
    EXPECT_LE(ErrorOf(fit), 0.01);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->ball.radius, kTruth.radius, 0.05);
  }
}

TEST(RimFitterTest, AllSectorsOfACleanBallAreClearAndSmooth) {
  const auto fit = FitIn(DiscOn(test::Solid(test::kBlack)), kTruth);
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->clear_sectors, kSectors);
  EXPECT_EQ(fit->clear_share, 1);
  EXPECT_LT(fit->roughness, 0.1);
  EXPECT_LT(fit->error, 0.05);
  EXPECT_LT(fit->blur, 0.1);
}

TEST(RimFitterTest, KnowsWhenItIsUncertain) {
  const auto clean = FitIn(DiscOn(test::Solid(test::kBlack)), kTruth, PixelFormat::kGray8);
  const auto noisy = FitIn(DiscOn(test::GreyNoise(3)), kTruth, PixelFormat::kGray8);
  ASSERT_TRUE(clean && noisy);
  EXPECT_GT(noisy->error, 5 * clean->error);
  EXPECT_GT(noisy->chance, 5 * clean->chance);
}

TEST(RimFitterTest, MeasuresBlur) {
  for (const double sigma : {0.5, 0.8, 1.0}) {
    TestPicture picture = DiscOn(test::Solid({0.1, 0.2, 0.6}));
    picture.Blur(sigma);
    const auto fit = FitIn(picture, kTruth, PixelFormat::kRgb);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->blur, sigma * sigma, 0.15 + 0.2 * sigma * sigma);
  }
}

TEST(RimFitterTest, SquareIsRough) {
  TestPicture picture(80, 78, test::Solid(test::kBlack));
  picture.DrawShape({40, 39, 11}, test::kOrange, [](double x, double y) {
    return std::abs(x - 40) < 10 && std::abs(y - 39) < 10;
  });
  const auto fit = FitIn(picture, {40, 39, 11.2});
  ASSERT_TRUE(fit);
  EXPECT_GT(fit->roughness, 0.7);
}

TEST(RimFitterTest, NeighbourOfTheSameColorIsNotClear) {
  TestPicture picture = DiscOn(test::Solid(test::kBlack));
  picture.DrawDisc({kTruth.x + 28, kTruth.y, 14}, test::kOrange);
  const auto fit = FitIn(picture, kTruth);
  EXPECT_LE(ErrorOf(fit), 0.1);
  ASSERT_TRUE(fit);
  EXPECT_LT(fit->clear_sectors, kSectors);
  EXPECT_GE(fit->clear_sectors, kSectors - 4);
}

TEST(RimFitterTest, FitsTheVisibleArcOfACutBall) {
  const Ball truth{4.3, 38.2, 16.2};
  TestPicture picture(80, 78, test::Checkers(20, {0, 0, 0.4}, {0.3, 0.4, 0.4}));
  picture.DrawDisc(truth, test::kOrange);
  const auto fit = FitIn(picture, {4.9, 37.9, 15.9});
  EXPECT_LE(ErrorOf(fit, truth), 0.05);
  ASSERT_TRUE(fit);
  EXPECT_LT(fit->clear_sectors, kSectors);
  EXPECT_EQ(fit->clear_share, 1);
}

TEST(RimFitterTest, FitsNothingWhereThereIsNoRim) {
  for (const PixelFormat format : test::AllFormats()) {
    EXPECT_FALSE(FitIn(TestPicture(80, 78, test::Solid(test::kOrange)), kTruth, format));
  }
}

TEST(RimFitterTest, FitsNothingOutsideThePicture) {
  const TestPicture picture = DiscOn(test::Solid(test::kBlack));
  EXPECT_FALSE(FitIn(picture, {-100, 300, 12}));
}

TEST(RimFitterTest, UsesChromaWhereLumaIsEqual) {
  TestPicture picture(80, 78, test::Solid({0.594, 0.594, 0.594}));
  picture.DrawDisc(kTruth, test::kOrange);
  EXPECT_LE(ErrorOf(FitIn(picture, {40, 39, 15})), 0.05);
}

TEST(RimFitterTest, UsesLumaWhereChromaIsEqual) {
  TestPicture picture(80, 78, test::Solid({0.3, 0.3, 0.3}));
  picture.DrawDisc(kTruth, test::kWhite);
  EXPECT_LE(ErrorOf(FitIn(picture, {40, 39, 15})), 0.02);
}

}  // namespace
}  // namespace ball::locate
