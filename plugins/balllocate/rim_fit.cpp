// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/rim_fit.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ball::locate {
namespace {

constexpr int kMostSteps = 10;
// Both sides' looks are learnt again while the circle still moves much.
constexpr int kCalibrations = 2;
// All pixels.
constexpr double kConverged = 0.003;
constexpr double kLongestStep = 1.5;
constexpr double kFarthest = 3.0;
// Sectors whose rim is known worse than this are not clear.
constexpr double kClearError = 0.6;

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
  std::array<bool, kSectors> seen{};
  constexpr int kPoints = 4 * kSectors;
  for (int k = 0; k < kPoints; ++k) {
    const double angle = 2 * std::numbers::pi * (k + 0.5) / kPoints;
    const double x = ball.x + (ball.radius + 1) * std::cos(angle);
    const double y = ball.y + (ball.radius + 1) * std::sin(angle);
    if (x >= 0 && y >= 0 && x < picture.width && y < picture.height) {
      seen[SectorOf(std::cos(angle), std::sin(angle))] = true;
    }
  }
  return seen;
}

RimFit Judge(const Ball& ball, const Layer& picture, const RimEquations& equations) {
  RimFit fit{ball};
  const auto seen = SectorsIn(picture, ball);
  double squares = 0;
  for (int s = 0; s < kSectors; ++s) {
    const double weight = equations.sector_weight[s];
    if (!seen[s] || weight * kClearError * kClearError < 1) continue;
    const double offset = equations.sector_right[s] / weight;
    squares += offset * offset;
    ++fit.clear_sectors;
  }
  const auto in_picture = std::count(seen.begin(), seen.end(), true);
  fit.roughness = std::sqrt(squares / std::max(fit.clear_sectors, 1));
  fit.clear_share = fit.clear_sectors / std::max(1.0, static_cast<double>(in_picture));
  return fit;
}

}  // namespace

std::optional<RimFit> RimFitter::Fit(const Layers& layers, const Ball& coarse) {
  for (int k = 0; k < layers.count; ++k) rims_[k].Read(layers.items[k], coarse);
  Ball ball = coarse;
  for (int turn = 0; turn < kMostSteps; ++turn) {
    RimEquations equations;
    for (int k = 0; k < layers.count; ++k) {
      if (turn < kCalibrations) usable_[k] = rims_[k].Calibrate(ball);
      if (usable_[k]) rims_[k].Accumulate(ball, turn == 0, equations);
    }
    const auto step = Solve(equations);
    if (!step) return {};
    ball = {ball.x + step->by[0], ball.y + step->by[1], ball.radius + step->by[2]};
    const double drift =
        std::hypot(ball.x - coarse.x, ball.y - coarse.y) + std::abs(ball.radius - coarse.radius);
    if (drift > kFarthest || ball.radius < 1) return {};
    if (turn + 1 == kMostSteps || (turn > kCalibrations && step->length() < kConverged)) {
      RimFit fit = Judge(ball, layers.items[0], equations);
      fit.error = step->error;
      return fit;
    }
  }
  return {};
}

}  // namespace ball::locate
