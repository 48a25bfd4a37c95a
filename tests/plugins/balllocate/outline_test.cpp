// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/outline.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/plugins/balllocate/test_picture.h"

namespace ball::locate {
namespace {

using test::CodedFrame;
using test::TestPicture;

constexpr RadiusRange kRange{5, 60};

std::optional<Ball> Trace(const TestPicture& picture, const Point& start,
                          const RadiusRange& range = kRange) {
  const CodedFrame frame(picture, PixelFormat::kBgr);
  const ColorMatcher matcher(LayersOf(frame.view()), ColorInFrame(0xffff8000, frame.view()), 25);
  return TraceOutline(matcher, start, range);
}

void ExpectNear(const std::optional<Ball>& found, const Ball& truth, double error) {
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->x, truth.x, error);
  EXPECT_NEAR(found->y, truth.y, error);
  EXPECT_NEAR(found->radius, truth.radius, error);
}

TEST(FitCircleTest, IsExactOnACircle) {
  std::vector<Point> points;
  for (const double angle : {0.1, 0.9, 2.0, 3.3, 5.0}) {
    points.push_back({-3 + 7 * std::cos(angle), 12 + 7 * std::sin(angle)});
  }
  ExpectNear(FitCircle(points), {-3, 12, 7}, 1e-9);
}

TEST(FitCircleTest, NeedsThreePointsOffALine) {
  EXPECT_FALSE(FitCircle({}));
  EXPECT_FALSE(FitCircle({{0, 0}, {1, 1}}));
  EXPECT_FALSE(FitCircle({{0, 0}, {1, 1}, {2, 2}, {5, 5}}));
  EXPECT_FALSE(FitCircle({{3, 3}, {3, 3}, {3, 3}}));
}

TEST(TraceOutlineTest, FindsDiscFromAnyPointInside) {
  const Ball truth{50.3, 41.8, 18};
  TestPicture picture(100, 90, test::Solid(test::kBlack));
  picture.DrawDisc(truth, test::kOrange);
  for (const Point& start : {Point{50, 42}, Point{37, 36}, Point{60, 52}, Point{50, 28}}) {
    ExpectNear(Trace(picture, start), truth, 1);
  }
}

TEST(TraceOutlineTest, StartsOnlyOnTheColor) {
  TestPicture picture(100, 90, test::Solid(test::kBlack));
  picture.DrawDisc({50, 42, 18}, test::kOrange);
  EXPECT_FALSE(Trace(picture, {10, 10}));
  EXPECT_FALSE(Trace(picture, {-4, 500}));
}

TEST(TraceOutlineTest, GoesOnOverSinglePixels) {
  const Ball truth{50.3, 41.8, 18};
  TestPicture picture(100, 90, test::Solid(test::kBlack));
  picture.DrawDisc(truth, test::kOrange);
  for (int k = 0; k < 9; ++k) {
    picture.DrawShape({40.5 + 3 * k, 35.5 + (k * 7) % 12, 0.5}, test::kWhite,
                      [&](double x, double y) {
                        return std::floor(x) == 40 + 3 * k && std::floor(y) == 35 + (k * 7) % 12;
                      });
  }
  ExpectNear(Trace(picture, {50, 42}), truth, 1);
}

TEST(TraceOutlineTest, ToleratesWhatTouchesAQuarter) {
  const Ball truth{50.3, 41.8, 18};
  TestPicture picture(100, 90, test::Solid(test::kBlack));
  picture.DrawDisc(truth, test::kOrange);
  picture.DrawDisc({75, 41, 9}, test::kOrange);
  ExpectNear(Trace(picture, {50, 42}), truth, 1);
}

TEST(TraceOutlineTest, FollowsTheVisiblePartOfACutDisc) {
  const Ball truth{3.4, 45.2, 20};
  TestPicture picture(100, 90, test::Solid(test::kBlack));
  picture.DrawDisc(truth, test::kOrange);
  ExpectNear(Trace(picture, {8, 44}), truth, 1.5);
}

TEST(TraceOutlineTest, RefusesSquaresBarsAndTheWholePicture) {
  for (const Point& half : {Point{12, 12}, Point{30, 30}, Point{30, 8}, Point{6, 25}}) {
    TestPicture picture(100, 90, [&](int x, int y) {
      return std::abs(x - 50) < half.x && std::abs(y - 42) < half.y ? test::kOrange : test::kBlack;
    });
    EXPECT_FALSE(Trace(picture, {50, 42})) << half.x << " " << half.y;
  }
  EXPECT_FALSE(Trace(TestPicture(100, 90, test::Solid(test::kOrange)), {50, 42}));
}

TEST(TraceOutlineTest, RefusesRadiusOutOfRange) {
  TestPicture picture(100, 90, test::Solid(test::kBlack));
  picture.DrawDisc({50, 42, 18}, test::kOrange);
  EXPECT_FALSE(Trace(picture, {50, 42}, {22, 60}));
  EXPECT_FALSE(Trace(picture, {50, 42}, {5, 14}));
  EXPECT_TRUE(Trace(picture, {50, 42}, {17, 19}));
}

}  // namespace
}  // namespace ball::locate
