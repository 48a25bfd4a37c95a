// SPDX-License-Identifier: LGPL-2.1-or-later
// Shapes in the ball's colour that are no balls.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <ostream>
#include <string>

#include "tests/plugins/balllocate/locate_in.h"

namespace ball::locate::test {
namespace {

// A shape in the ball's colour that is not a ball; `size` is half its extent.
struct Shape {
  std::string name;
  std::function<bool(double x, double y, double size)> inside;
};

class LocatorShapeTest : public testing::TestWithParam<Shape> {};

TEST_P(LocatorShapeTest, IsNotTakenForBall) {
  for (const double size : {9.3, 23.6}) {
    TestPicture picture(60, 56, Solid(kBlack));
    picture.DrawShape({30.3, 28.7, size + 1}, kOrange, [&](double x, double y) {
      return GetParam().inside(x - 30.3, y - 28.7, size);
    });
    for (const PixelFormat format : {PixelFormat::kI420, PixelFormat::kRgb, PixelFormat::kGray8}) {
      EXPECT_FALSE(LocateIn(picture, {}, format)) << size << NameOf(format);
    }
  }
}

const Shape kShapes[] = {
    {"Square",
     [](double x, double y, double size) { return std::max(std::abs(x), std::abs(y)) < size; }},
    {"Diamond", [](double x, double y, double size) { return std::abs(x) + std::abs(y) < size; }},
    {"Bar",
     [](double x, double y, double size) { return std::abs(x) < size && std::abs(y) < size / 3; }},
    {"Ring", [](double x, double y,
                double size) { return std::hypot(x, y) < size && std::hypot(x, y) > 0.5 * size; }},
    {"RingWithSmallHole",
     [](double x, double y, double size) {
       return std::hypot(x, y) < size && std::hypot(x, y) > 0.3 * size;
     }},
    {"HalfDisc", [](double x, double y, double size) { return std::hypot(x, y) < size && y < x; }},
    {"Ellipse", [](double x, double y, double size) { return std::hypot(x, 1.35 * y) < size; }},
    {"Triangle",
     [](double x, double y, double size) {
       return y < size / 2 && std::abs(x) * 1.732 < size / 2 + size / 2 + y;
     }},
    {"Crescent",
     [](double x, double y, double size) {
       return std::hypot(x, y) < size && std::hypot(x - 0.6 * size, y) > 0.8 * size;
     }},
};

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

INSTANTIATE_TEST_SUITE_P(Shapes, LocatorShapeTest, testing::ValuesIn(kShapes),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ball::locate::test
