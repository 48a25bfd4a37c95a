// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/outline.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "plugins/balllocate/directions.h"

namespace ball::locate {
namespace {

constexpr int kRays = 36;
// A walk goes on over one odd pixel (coding noise, dust), not over two.
constexpr int kOddPixels = 1;
// Of the outline that is inside the picture, this share must lie on the circle.
constexpr double kInlierShare = 0.72;
// Rays that end inside the picture; with fewer, less than about half of the ball is visible.
constexpr int kMinPoints = 14;

// How a walk along a line ended: how far the colour went (pixels), and whether at the border.
struct Walk {
  double length = 0;
  bool at_border = false;
};

Walk WalkFrom(const ColorMatcher& matcher, const Point& from, const Direction& way, double limit) {
  int odd = 0;
  int step = 1;
  for (; step <= limit; ++step) {
    const int x = static_cast<int>(std::floor(from.x + step * way.x));
    const int y = static_cast<int>(std::floor(from.y + step * way.y));
    if (!matcher.Contains(x, y)) return {static_cast<double>(step - odd), true};
    odd = matcher.Matches(x, y) ? 0 : odd + 1;
    if (odd > kOddPixels) return {step - odd + 0.5, false};
  }
  return {static_cast<double>(step), false};
}

// A chord through a point along one axis: its middle is nearer to the centre than the point was.
struct Chord {
  double before = 0;
  double after = 0;
  bool whole = true;

  double length() const { return before + after; }
  double shift() const { return (after - before) / 2; }
};

Chord ChordThrough(const ColorMatcher& matcher, const Point& point, const Direction& way,
                   double limit) {
  const Walk after = WalkFrom(matcher, point, way, limit);
  const Walk before = WalkFrom(matcher, point, {-way.x, -way.y}, limit);
  return {before.length, after.length, !after.at_border && !before.at_border};
}

// Whether a chord is too short for the smallest ball or too long for the largest.
bool IsOutOfRange(const Chord& chord, const RadiusRange& range) {
  const double least = (chord.whole ? 1.0 : 0.5) * range.min - 1;
  return chord.length() < least || chord.length() > 2 * range.max + 4;
}

// Moves from anywhere inside a disc to about its centre.
std::optional<Point> Centre(const ColorMatcher& matcher, Point point, const RadiusRange& range) {
  constexpr std::array<Direction, 3> kAxes{{{1, 0}, {0, 1}, {1, 0}}};
  const double limit = 2 * range.max + 6;
  for (const Direction& axis : kAxes) {
    const int x = static_cast<int>(std::floor(point.x));
    const int y = static_cast<int>(std::floor(point.y));
    if (!matcher.MatchesInside(x, y)) return {};
    const Chord chord = ChordThrough(matcher, point, axis, limit);
    if (IsOutOfRange(chord, range)) return {};
    point.x += chord.shift() * axis.x;
    point.y += chord.shift() * axis.y;
  }
  return point;
}

std::vector<Point> OutlineFrom(const ColorMatcher& matcher, const Point& centre, double limit) {
  std::vector<Point> outline;
  outline.reserve(kRays);
  static const std::vector<Direction> directions = DirectionsRound(kRays);
  for (const Direction& way : directions) {
    const Walk walk = WalkFrom(matcher, centre, way, limit);
    if (walk.at_border) continue;
    outline.push_back({centre.x + walk.length * way.x, centre.y + walk.length * way.y});
  }
  return outline;
}

std::vector<Point> Near(const Ball& circle, const std::vector<Point>& points) {
  const double tolerance = 1.0 + 0.025 * circle.radius;
  std::vector<Point> near;
  near.reserve(points.size());
  for (const Point& point : points) {
    const double distance = std::hypot(point.x - circle.x, point.y - circle.y);
    if (std::abs(distance - circle.radius) <= tolerance) near.push_back(point);
  }
  return near;
}

// The circle that most points lie on: tried are the circles through three points a third of the
// outline apart, so that up to a third of it in one piece may be wrong.
std::vector<Point> LargestConsensus(const std::vector<Point>& points) {
  std::vector<Point> best;
  if (const auto all = FitCircle(points)) best = Near(*all, points);
  const std::size_t third = points.size() / 3;
  for (std::size_t i = 0; i < third && best.size() < points.size(); ++i) {
    const auto circle = FitCircle({points[i], points[i + third], points[i + 2 * third]});
    if (!circle) continue;
    std::vector<Point> near = Near(*circle, points);
    if (near.size() > best.size()) best = std::move(near);
  }
  return best;
}

}  // namespace

std::optional<Ball> FitCircle(const std::vector<Point>& points) {
  if (points.size() < 3) return {};
  const double n = static_cast<double>(points.size());
  Point mean;
  for (const Point& p : points) {
    mean.x += p.x / n;
    mean.y += p.y / n;
  }
  // Moments about the mean, then the 2x2 normal equations.
  double uu = 0, uv = 0, vv = 0, uw = 0, vw = 0;
  for (const Point& p : points) {
    const double u = p.x - mean.x;
    const double v = p.y - mean.y;
    const double w = u * u + v * v;
    uu += u * u;
    uv += u * v;
    vv += v * v;
    uw += u * w;
    vw += v * w;
  }
  const double determinant = uu * vv - uv * uv;
  if (determinant <= 1e-6 * (uu + vv) * (uu + vv)) return {};
  const double a = (uw * vv - vw * uv) / (2 * determinant);
  const double b = (vw * uu - uw * uv) / (2 * determinant);
  return Ball{mean.x + a, mean.y + b, std::sqrt(a * a + b * b + (uu + vv) / n)};
}

std::optional<Ball> TraceOutline(const ColorMatcher& matcher, const Point& start,
                                 const RadiusRange& range) {
  const auto centre = Centre(matcher, start, range);
  if (!centre) return {};
  const std::vector<Point> outline = OutlineFrom(matcher, *centre, 2 * range.max + 6);
  if (static_cast<int>(outline.size()) < kMinPoints) return {};
  const std::vector<Point> inliers = LargestConsensus(outline);
  if (static_cast<double>(inliers.size()) < kInlierShare * static_cast<double>(outline.size())) {
    return {};
  }
  const auto circle = FitCircle(inliers);
  if (!circle || circle->radius < range.min - 1.5 || circle->radius > range.max * 1.05 + 1.5) {
    return {};
  }
  return circle;
}

}  // namespace ball::locate
