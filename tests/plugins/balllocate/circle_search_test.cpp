// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/circle_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/plugins/balllocate/test_picture.h"

namespace ball::locate {
namespace {

using test::CodedFrame;
using test::TestPicture;

std::vector<Point> CentresIn(const TestPicture& picture, const RadiusRange& range,
                             const Window& window, double tolerance = 25,
                             PixelFormat format = PixelFormat::kI420) {
  const CodedFrame frame(picture, format);
  const ColorMatcher matcher(LayersOf(frame.view()), ColorInFrame(0xffff8000, frame.view()),
                             tolerance);
  return CircleSearch().Find(frame.view(), matcher, range, window);
}

bool AnyNear(const std::vector<Point>& centres, double x, double y, double distance) {
  return std::any_of(centres.begin(), centres.end(), [&](const Point& centre) {
    return std::hypot(centre.x - x, centre.y - y) < distance;
  });
}

TEST(CircleSearchTest, FindsCentreOfADisc) {
  TestPicture picture(120, 90, test::Checkers(16, test::kBlack, {0.6, 0.7, 0.8}));
  picture.DrawDisc({71, 42, 17}, test::kOrange);
  EXPECT_TRUE(AnyNear(CentresIn(picture, {6, 50}, {0, 0, 120, 90}), 71, 42, 5));
}

TEST(CircleSearchTest, FindsCentreInAReducedPicture) {
  TestPicture picture(1300, 60, test::Solid(test::kBlack));
  picture.DrawDisc({1013, 30, 20}, test::kOrange);
  for (const PixelFormat format : {PixelFormat::kI420, PixelFormat::kBgrx}) {
    const auto centres = CentresIn(picture, {12, 40}, {0, 0, 1300, 60}, 25, format);
    EXPECT_TRUE(AnyNear(centres, 1013, 30, 8)) << test::NameOf(format);
  }
}

TEST(CircleSearchTest, LooksInTheWindow) {
  TestPicture picture(120, 90, test::Solid(test::kBlack));
  picture.DrawDisc({80, 42, 12}, test::kOrange);
  EXPECT_TRUE(AnyNear(CentresIn(picture, {6, 50}, {50, 20, 110, 70}), 80, 42, 4));
  EXPECT_FALSE(AnyNear(CentresIn(picture, {6, 50}, {0, 0, 40, 90}), 80, 42, 20));
}

TEST(CircleSearchTest, OffersOnlyCentresOfTheColor) {
  TestPicture picture(120, 90, test::Solid(test::kBlack));
  picture.DrawDisc({40, 42, 12}, {0.2, 0.4, 1});
  EXPECT_TRUE(CentresIn(picture, {6, 50}, {0, 0, 120, 90}).empty());
}

TEST(CircleSearchTest, OffersNothingWithoutEdges) {
  const TestPicture picture(60, 50, test::Solid(test::kOrange));
  EXPECT_TRUE(CentresIn(picture, {6, 50}, {0, 0, 60, 50}).empty());
}

TEST(CircleSearchTest, BoundsItsAnswersInNoise) {
  const TestPicture picture(160, 120, test::GreyNoise(2));
  EXPECT_LE(CentresIn(picture, {5, 80}, {0, 0, 160, 120}, 255).size(), 24U);
}

}  // namespace
}  // namespace ball::locate
