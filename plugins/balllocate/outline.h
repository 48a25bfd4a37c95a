// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <vector>

#include "plugins/ball.h"
#include "plugins/balllocate/color_matcher.h"

namespace ball::locate {

// The radii that count as a ball, in pixels.
struct RadiusRange {
  double min = 0;
  double max = 0;
};

// A point of the picture, pixels.
struct Point {
  double x = 0;
  double y = 0;
};

// The circle closest to the points in the algebraic sense; nothing for less than three points or
// points on a line. I. Kasa, "A circle fitting procedure and its error analysis", IEEE Trans.
// Instrum. Meas. 25 (1976).
std::optional<Ball> FitCircle(const std::vector<Point>& points);

// Starts from a pixel inside a patch of the matcher's colour, walks outwards in all directions and
// fits a circle to where the patch ends, good to about a pixel. A quarter of the outline may be
// something else (another ball touches, something covers the rim), and up to about half may lie
// outside the picture. Nothing where the patch is not round or its radius clearly out of range.
std::optional<Ball> TraceOutline(const ColorMatcher& matcher, const Point& start,
                                 const RadiusRange& range);

}  // namespace ball::locate
