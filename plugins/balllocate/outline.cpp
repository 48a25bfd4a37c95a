// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/outline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdint>
#include <iterator>
#include <span>

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
// A chord this much longer than the one across may run into something else.
constexpr double kMuchLonger = 1.3;
// A walk ends with the last pixel whose every component is the ball's: so far inside the rim, on
// average, for each component more than one.
constexpr double kShort = 0.2;

// How a walk along a line ended: how far the colour went (pixels), and whether at the border.
struct Walk {
  double length = 0;
  bool at_border = false;
};

// A coordinate in fixed point, so that rounding down is a shift. (std::floor is a call.)
constexpr int kFraction = 32;
std::int64_t Fixed(double value) {
  return static_cast<std::int64_t>(value * static_cast<double>(std::int64_t{1} << kFraction));
}

Walk WalkFrom(const ColorMatcher& matcher, const Point& from, const Direction& way, double limit) {
  std::int64_t x = Fixed(from.x);
  std::int64_t y = Fixed(from.y);
  const std::int64_t way_x = Fixed(way.x);
  const std::int64_t way_y = Fixed(way.y);
  int odd = 0;
  int step = 1;
  // Of two odd pixels in a row one is every second: nothing is missed until one of those is odd.
  for (; step + 2 <= limit; step += 2) {
    const int column = static_cast<int>((x + 2 * way_x) >> kFraction);
    const int row = static_cast<int>((y + 2 * way_y) >> kFraction);
    if (!matcher.MatchesInside(column, row)) break;
    x += 2 * way_x;
    y += 2 * way_y;
  }
  for (; step <= limit; ++step) {
    x += way_x;
    y += way_y;
    const int column = static_cast<int>(x >> kFraction);
    const int row = static_cast<int>(y >> kFraction);
    if (!matcher.Contains(column, row)) return {static_cast<double>(step - odd), true};
    odd = matcher.Matches(column, row) ? 0 : odd + 1;
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

// Where the middle of a patch is, about, and how far its outline can be from there.
struct Middle {
  Point point;
  double reach = 0;
};

// A way from somewhere in a patch to its middle, if there is one.
struct Approach {
  std::optional<Middle> middle;
  bool saw_long_chord = false;  // one much longer than the one across
};

// A walk longer than the largest ball is wide, and a little.
double LongestWalk(const RadiusRange& range) { return 2 * range.max + 6; }

// The chords through a point along both axes.
struct Cross {
  Chord across;
  Chord down;

  double shorter() const { return std::min(across.length(), down.length()); }
  double longer() const { return std::max(across.length(), down.length()); }
  bool whole() const { return across.whole && down.whole; }
};

bool IsOnColor(const ColorMatcher& matcher, const Point& point) {
  return matcher.MatchesInside(static_cast<int>(std::floor(point.x)),
                               static_cast<int>(std::floor(point.y)));
}

// Whether the chords can belong to a ball. Only after the first round they are near diameters.
bool MayBeInBall(const Cross& cross, const RadiusRange& range, bool near_diameters) {
  const double least = near_diameters && cross.whole() ? 2 * range.min - 3 : 0;
  const double most = cross.whole() ? LongestWalk(range) : 1e9;
  return cross.longer() >= range.min - 1 && cross.shorter() >= least && cross.shorter() <= most;
}

// Moves from anywhere inside a disc to about its centre, by the middles of chords. A chord that is
// much longer than the one across may run into something else: its middle is only used if it is
// trusted.
Approach MiddleFrom(const ColorMatcher& matcher, Point point, const RadiusRange& range,
                    bool trust_long) {
  constexpr int kRounds = 3;
  const double limit = LongestWalk(range);
  Approach approach;
  Cross cross;
  for (int round = 0; round < kRounds; ++round) {
    if (!IsOnColor(matcher, point)) return approach;
    cross = {ChordThrough(matcher, point, {1, 0}, limit),
             ChordThrough(matcher, point, {0, 1}, limit)};
    if (!MayBeInBall(cross, range, round > 0)) return approach;
    const bool long_across = cross.across.length() > kMuchLonger * cross.down.length();
    const bool long_down = cross.down.length() > kMuchLonger * cross.across.length();
    if (trust_long || !long_across) point.x += cross.across.shift();
    if (trust_long || !long_down) point.y += cross.down.shift();
    approach.saw_long_chord |= long_across || long_down;
  }
  const double reach = 0.75 * (cross.whole() ? cross.shorter() : cross.longer()) + 4;
  approach.middle = {point, std::min(reach, limit)};
  return approach;
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

// See FitCircle.
std::optional<Ball> CircleThrough(std::span<const Point> points) {
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

// (std::hypot, which minds overflow, is a slow call.)
double Distance(const Point& point, const Ball& circle) {
  const double dx = point.x - circle.x;
  const double dy = point.y - circle.y;
  return std::sqrt(dx * dx + dy * dy);
}

// Which points lie on a circle.
class Belt {
 public:
  explicit Belt(const Ball& circle) : circle_(circle) {
    const double tolerance = 1.0 + 0.025 * circle.radius;
    const double least = std::max(0.0, circle.radius - tolerance);
    const double most = circle.radius + tolerance;
    least_square_ = least * least;
    most_square_ = most * most;
  }

  bool Holds(const Point& point) const {
    const double dx = point.x - circle_.x;
    const double dy = point.y - circle_.y;
    const double square = dx * dx + dy * dy;
    return square >= least_square_ && square <= most_square_;
  }

 private:
  const Ball& circle_;
  double least_square_ = 0;
  double most_square_ = 0;
};

std::vector<Point> Near(const Ball& circle, const std::vector<Point>& points) {
  std::vector<Point> near;
  near.reserve(points.size());
  const Belt belt(circle);
  std::copy_if(points.begin(), points.end(), std::back_inserter(near),
               [&](const Point& point) { return belt.Holds(point); });
  return near;
}

// How many points lie on the circle; 0 as soon as more than `most_off` do not.
std::size_t CountNear(const Ball& circle, const std::vector<Point>& points, std::size_t most_off) {
  const Belt belt(circle);
  std::size_t off = 0;
  for (const Point& point : points) {
    off += belt.Holds(point) ? 0 : 1;
    if (off > most_off) return 0;
  }
  return points.size() - off;
}

double MeanSquareFrom(const Ball& circle, const std::vector<Point>& points) {
  double sum = 0;
  for (const Point& point : points) {
    const double off = Distance(point, circle) - circle.radius;
    sum += off * off;
  }
  return sum / static_cast<double>(points.size());
}

// Whether a whole outline has two, three or four corners or bulges: a far cheaper way to sort out
// squares and bars than the fit of the rim. Amplitudes of the Fourier series of the distance from
// the centre; a square has 0.14 of its radius in the fourth. Something far from the circle (a ball
// that touches) would drown them and is left out; but where there is something on three sides, as
// at the corners of checkers, less is enough.
bool HasCorners(const Ball& circle, const std::vector<Point>& points) {
  std::array<std::complex<double>, 3> sums{};
  int sides = 0;
  bool was_far = false;
  for (const Point& point : points) {
    const std::complex<double> arm(point.x - circle.x, point.y - circle.y);
    const double off = std::abs(arm) - circle.radius;
    const bool far = std::abs(off) > 0.3 * circle.radius + 1;
    if (far && !was_far) ++sides;
    was_far = far;
    if (far) continue;
    const std::complex<double> unit = arm / std::abs(arm);
    std::complex<double> power = unit;
    for (auto& sum : sums) sum += off * (power *= unit);
  }
  const double limit = (0.5 + 0.04 * circle.radius) * (sides < 3 ? 1 : 0.6);
  return std::any_of(sums.begin(), sums.end(), [&](const std::complex<double>& sum) {
    return 2 * std::abs(sum) / static_cast<double>(points.size()) > limit;
  });
}

// Whole steps alone make an error of 0.3 pixels.
double MeanSquareLimit(double radius) {
  const double limit = 0.6 + 0.01 * radius;
  return limit * limit;
}

// Those points that lie on the circle that most lie on, at least kInlierShare of them; nothing
// where there is no such circle. Tried are the circles through three points a third of the outline
// apart, so that up to a third of it in one piece may be wrong.
std::vector<Point> LargestConsensus(const std::vector<Point>& points) {
  const auto size = static_cast<double>(points.size());
  const auto most_off = static_cast<std::size_t>((1 - kInlierShare) * size + 1e-9);
  std::optional<Ball> best = FitCircle(points);
  std::size_t most = best ? CountNear(*best, points, most_off) : 0;
  const std::size_t third = points.size() / 3;
  for (std::size_t i = 0; i < third && most < points.size(); ++i) {
    const std::array<Point, 3> three{points[i], points[i + third], points[i + 2 * third]};
    const auto circle = CircleThrough(three);
    const std::size_t count = circle ? CountNear(*circle, points, most_off) : 0;
    if (count <= most) continue;
    best = circle;
    most = count;
  }
  return most > 0 ? Near(*best, points) : std::vector<Point>{};
}

// The circle round the patch about `middle`, if there is one.
std::optional<Ball> CircleAbout(const ColorMatcher& matcher, const Middle& middle,
                                const RadiusRange& range) {
  const std::vector<Point> outline = OutlineFrom(matcher, middle.point, middle.reach);
  if (static_cast<int>(outline.size()) < kMinPoints) return {};
  const std::vector<Point> inliers = LargestConsensus(outline);
  auto circle = FitCircle(inliers);
  if (!circle || circle->radius < range.min - 1.5 || circle->radius > range.max * 1.05 + 1.5 ||
      MeanSquareFrom(*circle, inliers) > MeanSquareLimit(circle->radius)) {
    return {};
  }
  if (outline.size() == kRays && HasCorners(*circle, outline)) return {};
  circle->radius += kShort * (matcher.components() - 1);
  return circle;
}

}  // namespace

std::optional<Ball> FitCircle(const std::vector<Point>& points) { return CircleThrough(points); }

std::optional<Ball> TraceOutline(const ColorMatcher& matcher, const Point& start,
                                 const RadiusRange& range) {
  // First for a disc alone, whose every chord can be trusted; then for one that touches another.
  // Without a long chord that would go the same way again.
  const Approach alone = MiddleFrom(matcher, start, range, true);
  if (alone.middle) {
    if (const auto circle = CircleAbout(matcher, *alone.middle, range)) return circle;
  }
  if (!alone.saw_long_chord) return {};
  const Approach touching = MiddleFrom(matcher, start, range, false);
  return touching.middle ? CircleAbout(matcher, *touching.middle, range) : std::nullopt;
}

}  // namespace ball::locate
