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

// Whether the samples of the first look are few or many, and wherever the border cuts the ball.
TEST(LocatorMethodsTest, ContrastFindsBallsOfAllSizesWholeAndCut) {
  for (double radius = 6; radius < 50; radius *= 1.13) {
    for (const Point& centre : {Point{70.6, 50.2},
                                {0.6 * radius, 60.2},
                                {kWidth - 0.6 * radius, 58.7},
                                {75.3, 0.6 * radius},
                                {75.3, kHeight - 0.6 * radius}}) {
      const Ball truth{centre.x, centre.y, radius};
      const auto picture = WithDisc(Solid({0.2, 0.2, 0.2}), truth, {0.9, 0.9, 0.5});
      EXPECT_LE(ErrorOf(LocateIn(picture, With(LocateMethod::kContrast)), truth), 0.3)
          << truth.x << ", " << truth.y << ", " << radius;
    }
  }
}

// Squares are even patches, too, some of them of the ball's size.
TEST(LocatorMethodsTest, ContrastFindsABallAmongSquares) {
  for (const int size : {16, 24, 32, 40}) {
    const Ball truth{81.7, 60.3, 17};
    const auto picture = WithDisc(Checkers(size, kBlack, {0.3, 0.3, 0.3}), truth);
    EXPECT_LE(ErrorOf(LocateIn(picture, With(LocateMethod::kContrast)), truth), 0.1) << size;
  }
}

// One whose rim has another colour for a part, so that the colour alone does not reach it, and
// what has the colour elsewhere.
TEST(LocatorMethodsTest, HoughFindsBallWithAPaleRimAmongSpecks) {
  for (const int columns : {3, 25}) {
    const Ball truth{245.6, 230.2, 24};
    TestPicture picture(500, 400, Solid(kBlack));
    const double step = 500.0 / columns;
    for (double y = 5; y < 400; y += step) {
      for (double x = 5; x < 500; x += step) {
        if (std::hypot(x - truth.x, y - truth.y) > 40) picture.DrawDisc({x, y, 2}, kOrange);
      }
    }
    picture.DrawDisc(truth, kOrange);
    picture.DrawShape(truth, {1, 0.8, 0.6}, [&](double x, double y) {
      return x > truth.x + 0.85 * truth.radius &&
             std::hypot(x - truth.x, y - truth.y) < truth.radius;
    });
    EXPECT_LE(ErrorOf(LocateIn(picture, With(LocateMethod::kHough)), truth), 0.2) << columns;
  }
}

// However many there are, and however the first look divides them.
TEST(LocatorMethodsTest, HoughFindsABallAmongManyThingsOfItsColor) {
  for (const int columns : {3, 8, 15, 22}) {
    TestPicture picture(660, 500, Checkers(16, kBlack, {0.3, 0.3, 0.3}));
    const double step = 640.0 / columns;
    for (double y = 10; y < 500; y += step) {
      for (double x = 10; x < 660; x += step) picture.DrawDisc({x, y, 4}, kOrange);
    }
    const Ball truth{301.3, 222.8, 24};
    picture.DrawDisc(truth, kOrange);
    EXPECT_LE(ErrorOf(LocateIn(picture, With(LocateMethod::kHough)), truth), 0.3) << columns;
  }
}

TEST(LocatorMethodsTest, HoughFindsABallThatLumaDoesNotShow) {
  const Ball truth{70.6, 50.2, 14};
  const TestPicture picture = WithDisc(Solid({0.59, 0.59, 0.59}), truth, {1, 0.5, 0});
  EXPECT_LE(ErrorOf(LocateIn(picture, With(LocateMethod::kHough)), truth), 0.3);
}

TEST(LocatorMethodsTest, HoughStillFindsWhatLumaHardlyShows) {
  TestPicture picture(262, 448, BackgroundCalled("Gradient", 262, 448));
  const Ball truth{76.9, 403.7, 40.5};
  picture.DrawDisc(truth, kOrange);
  picture.DrawDisc({84.6, 179.1, 24.7}, {0.1, 0.1, 0.9});
  picture.DrawDisc({200, 90, 30}, {0.9, 0.9, 0.9});
  EXPECT_LE(ErrorOf(LocateIn(picture, With(LocateMethod::kHough)), truth), 0.1);
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
