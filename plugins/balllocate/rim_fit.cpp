// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/rim_fit.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "plugins/balllocate/directions.h"

namespace ball::locate {
namespace {

constexpr int kMostSteps = 12;
// Both sides' looks are learnt again when the circle has moved by more.
constexpr double kMovedMuch = 0.6;
// The first steps take the rim for a softer one than it is, to be drawn to it from farther off; at
// least two more find its softness.
constexpr std::array<double, 2> kAssumedBlurs{1.2, 0.15};
constexpr int kLeastSteps = 3;
constexpr double kLarge = 40;
// All pixels.
constexpr double kConverged = 0.025;
constexpr double kLongestStep = 1.5;
constexpr double kFarthest = 3.0;
// Sectors whose rim is known worse than this are not clear.
constexpr double kClearError = 0.6;

// The outline of a large ball may be off by more.
int StepsBefore(const Ball& coarse) { return coarse.radius < kLarge ? 1 : 0; }

double AssumedBlur(int step) {
  const auto index = static_cast<std::size_t>(step);
  return index < kAssumedBlurs.size() ? kAssumedBlurs[index] : 0.0;
}

// A step in x, y and radius, and the standard deviation of the first two together.
struct Step {
  std::array<double, 3> by{};
  double error = 0;

  double length() const { return std::abs(by[0]) + std::abs(by[1]) + std::abs(by[2]); }
};

// Nothing where a direction is left open, as by a rim that is seen from one side only.
std::optional<Step> Solve(const RimEquations& equations) {
  const auto& [xx, xy, xr, yy, yr, rr] = equations.matrix;
  const auto& [bx, by, br] = equations.right;
  const double c0 = yy * rr - yr * yr;
  const double c1 = xr * yr - xy * rr;
  const double c2 = xy * yr - yy * xr;
  const double c3 = xx * rr - xr * xr;
  const double c4 = xy * xr - xx * yr;
  const double determinant = xx * c0 + xy * c1 + xr * c2;
  if (!(rr > 0) || !(determinant > 1e-4 * xx * yy * rr)) return {};
  Step step;
  step.by = {(c0 * bx + c1 * by + c2 * br) / determinant,
             (c1 * bx + c3 * by + c4 * br) / determinant,
             (c2 * bx + c4 * by + (xx * yy - xy * xy) * br) / determinant};
  for (double& value : step.by) value = std::clamp(value, -kLongestStep, kLongestStep);
  step.error = std::sqrt(std::max(0.0, (c0 + c3) / determinant));
  return step;
}

// Which sectors of the circle lie in the picture at least in part.
std::array<bool, kSectors> SectorsIn(const Layer& picture, const Ball& ball) {
  static const std::vector<Direction> directions = DirectionsRound(4 * kSectors);
  std::array<bool, kSectors> seen{};
  for (const Direction& way : directions) {
    const double x = ball.x + (ball.radius + 1) * way.x;
    const double y = ball.y + (ball.radius + 1) * way.y;
    if (x >= 0 && y >= 0 && x < picture.width && y < picture.height) {
      seen[SectorOf(way.x, way.y)] = true;
    }
  }
  return seen;
}

double Distance(const Ball& a, const Ball& b) {
  return std::hypot(a.x - b.x, a.y - b.y) + std::abs(a.radius - b.radius);
}

}  // namespace

bool RimFitter::IsSettled(double step) const {
  return step < kConverged && (!usable_[0] || rims_[0].IsSettled()) &&
         (!usable_[1] || rims_[1].IsSettled());
}

bool RimFitter::LookCloser(const Ball& ball) {
  bool changed = false;
  for (std::size_t k = 0; k < rims_.size(); ++k) {
    if (usable_[k] && rims_[k].LookCloser(ball)) changed = true;
  }
  return changed;
}

RimFit RimFitter::Judge(const Ball& ball, const Layers& layers) {
  RimFit fit{ball};
  RimEquations equations;
  for (int k = 0; k < layers.count; ++k) {
    if (usable_[k]) rims_[k].AddSectors(equations);
  }
  const auto seen = SectorsIn(layers.items[0], ball);
  for (int s = 0; s < kSectors; ++s) {
    if (seen[s] && equations.sector_weight[s] * kClearError * kClearError >= 1) {
      ++fit.clear_sectors;
    }
  }
  const auto in_picture = std::count(seen.begin(), seen.end(), true);
  fit.clear_share = fit.clear_sectors / std::max(1.0, static_cast<double>(in_picture));
  SectorOffsets offsets;
  for (int k = 0; k < layers.count; ++k) {
    if (usable_[k]) offsets.Merge(rims_[k].Measure(ball));
  }
  const auto spread = offsets.MeanSquare();
  fit.roughness = std::sqrt(spread.excess);
  fit.chance = std::sqrt(spread.chance);
  fit.blur = rims_[0].blur();
  return fit;
}

void RimFitter::Start(const Layers& layers, const Ball& coarse) {
  usable_ = {};
  for (int k = 0; k < layers.count; ++k) rims_[k].Read(layers.items[k], coarse);
  Calibrate(layers, coarse);
}

void RimFitter::Calibrate(const Layers& layers, const Ball& ball) {
  for (int k = 0; k < layers.count; ++k) usable_[k] = rims_[k].Calibrate(ball);
  calibrated_ = ball;
}

RimEquations RimFitter::Ask(const Ball& ball, double assumed_blur) {
  RimEquations equations;
  for (std::size_t k = 0; k < rims_.size(); ++k) {
    if (usable_[k]) rims_[k].Accumulate(ball, assumed_blur, equations);
  }
  return equations;
}

std::optional<RimFit> RimFitter::Fit(const Layers& layers, const Ball& coarse) {
  Start(layers, coarse);
  Ball ball = coarse;
  bool closer = false;
  for (int turn = StepsBefore(coarse); turn < kMostSteps; ++turn) {
    if (Distance(ball, calibrated_) > kMovedMuch) Calibrate(layers, ball);
    const RimEquations equations = Ask(ball, AssumedBlur(turn));
    const auto step = Solve(equations);
    if (!step) return {};
    ball = {ball.x + step->by[0], ball.y + step->by[1], ball.radius + step->by[2]};
    if (Distance(ball, coarse) > kFarthest || ball.radius < 1) return {};
    const bool last = turn + 1 == kMostSteps;
    if (!last && (turn + 1 < kLeastSteps || !IsSettled(step->length()))) continue;
    if (!last && !std::exchange(closer, true) && LookCloser(ball)) continue;
    RimFit fit = Judge(ball, layers);
    fit.error = step->error;
    return fit;
  }
  return {};
}

}  // namespace ball::locate
