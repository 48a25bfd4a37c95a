// SPDX-License-Identifier: LGPL-2.1-or-later
// Methods contrast and hough.
#include <gtest/gtest.h>

#include <string>

#include "tests/plugins/balllocate/locate_in.h"

namespace ball::locate::test {
namespace {

class LocatorContrastTest : public testing::TestWithParam<PixelFormat> {};

TEST_P(LocatorContrastTest, FindsBrightAndDarkBallsOfAnyColor) {
  const Ball truth{70.6, 50.2, 14};
  const auto settings = With(LocateMethod::kContrast);
  const auto bright = WithDisc(Checkers(32, kBlack, {0.3, 0.3, 0.3}), truth, {0.4, 1, 0.9});
  const auto dark = WithDisc(Solid({0.7, 0.7, 0.8}), truth, {0.3, 0.1, 0.2});
  EXPECT_LE(ErrorOf(LocateIn(bright, settings, GetParam()), truth), 0.1);
  EXPECT_LE(ErrorOf(LocateIn(dark, settings, GetParam()), truth), 0.1);
}

INSTANTIATE_TEST_SUITE_P(Formats, LocatorContrastTest, testing::ValuesIn(AllFormats()),
                         [](const auto& info) { return NameOf(info.param); });

TEST(LocatorMethodsTest, ContrastIgnoresBallOfEqualLuma) {
  const TestPicture picture = WithDisc(Solid({0.6, 0.6, 0.6}), {70.6, 50.2, 14}, {1, 0.475, 0.2});
  EXPECT_FALSE(LocateIn(picture, With(LocateMethod::kContrast)));
}

TEST(LocatorMethodsTest, ContrastFindsNothingInEmptyBackgrounds) {
  for (const std::string name : {"Black", "Gradient", "Checkers", "GreyNoise", "SmallCheckers"}) {
    const TestPicture picture(kWidth, kHeight, BackgroundCalled(name, kWidth, kHeight));
    EXPECT_FALSE(LocateIn(picture, With(LocateMethod::kContrast))) << name;
  }
}

// Between black and white squares a ball of middle luma is neither brighter nor darker.
TEST(LocatorMethodsTest, ContrastDoesNotTakeASquareForABallItCannotSee) {
  for (int k = 0; k < 12; ++k) {
    const Ball truth{40 + 7.3 * k, 40 + 3.1 * k, 20};
    const auto picture = WithDisc(Checkers(16, kBlack, kWhite), truth);
    for (const PixelFormat format : {PixelFormat::kI420, PixelFormat::kGray8}) {
      const auto found = LocateIn(picture, With(LocateMethod::kContrast), format);
      EXPECT_TRUE(!found || ErrorOf(found, truth) < 0.5) << k;
    }
  }
}

TEST(LocatorMethodsTest, HoughFindsBallInEveryFormat) {
  const Ball truth{70.6, 50.2, 14};
  const TestPicture picture = WithDisc(Checkers(16, {0, 0.2, 0.3}, {0.8, 0.8, 1}), truth);
  for (const PixelFormat format : AllFormats()) {
    EXPECT_LE(ErrorOf(LocateIn(picture, With(LocateMethod::kHough), format), truth), 0.1)
        << NameOf(format);
  }
}

TEST(LocatorMethodsTest, HoughWantsTheBallsColor) {
  const TestPicture picture = WithDisc(Solid(kBlack), {70.6, 50.2, 14}, {0.2, 0.5, 1});
  EXPECT_FALSE(LocateIn(picture, With(LocateMethod::kHough)));
}

}  // namespace
}  // namespace ball::locate::test
