// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/rim_fit.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "plugins/balllocate/annulus.h"
#include "plugins/balllocate/metric.h"

namespace ball {
namespace {

constexpr int kIterations = 8;
// The statistics of both sides are taken again while the circle still moves much.
constexpr int kCalibrations = 2;
constexpr double kConverged = 0.002;
constexpr double kLargestStep = 1.5;
constexpr double kLargestDrift = 3.0;
// Pixels between circle and ring, and the width of the ring on either side.
constexpr double kGuard = 1.5;
constexpr double kRing = 3.0;
// About so many samples in a layer are enough; larger circles are sampled in fewer lines.
constexpr double kSamples = 1200;
// A step of less than half a level is only rounding.
constexpr double kRounding = 0.1;
// The mixture of ball and background is known to this share of their contrast only (chroma
// filters, gamma, coding), which keeps one layer from overruling the other.
constexpr double kModelError = 0.03;
// Sectors whose rim is known worse than this (pixels) are not clear.
constexpr double kLag = 2.0;
constexpr double kClearError = 0.6;

// Widths of a square pixel seen along a direction: its shadow is a trapezoid, flat over long -
// short and falling to zero at long + short.
struct Shadow {
  double wide = 1;
  double narrow = 0;
};

// Share of a pixel on the inner side of an edge at distance t from its centre (positive: centre
// inside), and the share's derivative.
struct Coverage {
  double share = 0;
  double slope = 0;
};

Coverage CoverageAt(double t, const Shadow& shadow) {
  const double end = (shadow.wide + shadow.narrow) / 2;
  const double flat = (shadow.wide - shadow.narrow) / 2;
  const double u = std::abs(t);
  if (u >= end) return {t > 0 ? 1.0 : 0.0, 0.0};
  if (u <= flat) return {0.5 + t / shadow.wide, 1 / shadow.wide};
  const double area = shadow.wide * shadow.narrow;
  const double tail = (end - u) * (end - u) / (2 * area);
  return {t > 0 ? 1 - tail : tail, (end - u) / area};
}

// Which of sixteen equal sectors a direction lies in.
int SectorOf(double x, double y) {
  constexpr double kTanOf22_5 = 0.41421356237309503;
  const double ax = std::abs(x);
  const double ay = std::abs(y);
  const bool steep = ay > ax;
  const bool middle = steep ? ax > kTanOf22_5 * ay : ay > kTanOf22_5 * ax;
  return (x < 0 ? 8 : 0) + (y < 0 ? 4 : 0) + (steep ? 2 : 0) + (middle ? 1 : 0);
}

CodedColor ValueAt(const Layer& layer, int i, int j) {
  CodedColor value{};
  for (int c = 0; c < layer.component_count; ++c) value[c] = layer.components[c].At(i, j);
  return value;
}

CodedColor Difference(const CodedColor& a, const CodedColor& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}

// Sums per sector, for a mean and the variance about it.
struct SectorSums {
  std::array<double, kRimSectors> count{};
  std::array<double, kRimSectors> sum{};
  std::array<double, kRimSectors> squares{};

  void Add(int sector, double value) {
    count[sector] += 1;
    sum[sector] += value;
    squares[sector] += value * value;
  }
  double Mean(int sector) const { return sum[sector] / std::max(count[sector], 1.0); }
  // Variance about the sectors' own means.
  double PooledVariance() const {
    double total = 0;
    double deviation = 0;
    for (int s = 0; s < kRimSectors; ++s) {
      total += count[s];
      deviation += squares[s] - count[s] * Mean(s) * Mean(s);
    }
    return std::max(0.0, deviation) / std::max(total, 1.0);
  }
};

}  // namespace

void RimFitter::Collect(const Layer& layer, const Ball& coarse, LayerRim& rim) {
  rim.layer = &layer;
  rim.x = (coarse.x - layer.offset_x) / layer.scale;
  rim.y = (coarse.y - layer.offset_y) / layer.scale;
  rim.radius = coarse.radius / layer.scale;
  rim.guard = layer.scale == 1 ? kGuard : 0.8 * kGuard;
  rim.samples.clear();
  const double half = rim.guard + kRing;
  const double expected = 2 * std::numbers::pi * rim.radius * 2 * half;
  const int stride = std::max(1, static_cast<int>(std::lround(expected / kSamples)));
  const Annulus ring{
      rim.x,       rim.y,       std::max(0.0, rim.radius - half), rim.radius + half, stride,
      layer.width, layer.height};
  ForEachPoint(ring, [&](int i, int j) {
    Sample sample;
    sample.x = i - rim.x;
    sample.y = j - rim.y;
    sample.sector = SectorOf(sample.x, sample.y);
    sample.value = ValueAt(layer, i, j);
    rim.samples.push_back(sample);
  });
}

// Finds the ball's colour just inside the circle and the metric that separates it from what is
// outside.
void RimFitter::Calibrate(const Ball& offset, LayerRim& rim) {
  ColorMoments inside;
  ColorMoments outside;
  for (const Sample& sample : rim.samples) {
    const double depth = offset.radius - std::hypot(sample.x - offset.x, sample.y - offset.y);
    if (depth >= rim.guard) inside.Add(sample.value);
    if (depth <= -rim.guard) outside.Add(sample.value);
  }
  rim.usable = inside.count() >= 3 && outside.count() >= 3;
  if (!rim.usable) return;
  Symmetric spread = outside.Covariance();
  const Symmetric inner_spread = inside.Covariance();
  for (std::size_t k = 0; k < spread.size(); ++k) spread[k] += inner_spread[k];
  // One level: nothing is known better than a coded value.
  for (const std::size_t diagonal : {0, 3, 5}) spread[diagonal] += 1.0;
  const ColorMetric metric(spread);
  rim.color = inside.Mean();
  for (Sample& sample : rim.samples) {
    sample.unlikeness = metric.Length(Difference(sample.value, rim.color));
  }
  CalibrateSectors(offset, rim);
  LookOutside(offset, metric, rim);
}

void RimFitter::CalibrateSectors(const Ball& offset, LayerRim& rim) {
  SectorSums inner;
  SectorSums outer;
  for (const Sample& sample : rim.samples) {
    const double depth = offset.radius - std::hypot(sample.x - offset.x, sample.y - offset.y);
    if (depth >= rim.guard) inner.Add(sample.sector, sample.unlikeness);
    if (depth <= -rim.guard) outer.Add(sample.sector, sample.unlikeness);
  }
  for (int s = 0; s < kRimSectors; ++s) {
    rim.sectors[s] = {inner.Mean(s), outer.Mean(s), outer.count[s] > 0};
  }
  rim.inner_variance = inner.PooledVariance() + kRounding;
  rim.outer_variance = outer.PooledVariance();
}

void RimFitter::LookOutside(const Ball& offset, const ColorMetric& metric, LayerRim& rim) {
  double product = 0;
  double square = 0;
  for (Sample& sample : rim.samples) {
    const double dx = sample.x - offset.x;
    const double dy = sample.y - offset.y;
    const double distance = std::hypot(dx, dy);
    sample.background = rim.sectors[sample.sector].outer;
    if (std::abs(distance - offset.radius) > rim.guard || distance < 0.5) continue;
    const auto unlikeness = [&](double depth) -> std::optional<double> {
      const double reach = (offset.radius + depth) / distance;
      const int i = static_cast<int>(std::lround(rim.x + offset.x + reach * dx));
      const int j = static_cast<int>(std::lround(rim.y + offset.y + reach * dy));
      if (i < 0 || j < 0 || i >= rim.layer->width || j >= rim.layer->height) return {};
      return metric.Length(Difference(ValueAt(*rim.layer, i, j), rim.color));
    };
    const auto near = unlikeness(rim.guard);
    const auto far = unlikeness(rim.guard + kLag);
    if (!near || !far) continue;
    const double mean = sample.background;
    product += (*near - mean) * (*far - mean);
    square += ((*near - mean) * (*near - mean) + (*far - mean) * (*far - mean)) / 2;
    sample.background = *near;
  }
  rim.likeness = square > 0 ? std::clamp(product / square, 0.0, 1.0) : 0.0;
  for (Sample& sample : rim.samples) {
    const double mean = rim.sectors[sample.sector].outer;
    sample.background = mean + rim.likeness * (sample.background - mean);
  }
  rim.outer_variance *= 1 - rim.likeness * rim.likeness;
}

void RimFitter::Accumulate(const Ball& offset, double softness, const LayerRim& rim,
                           Equations& equations) {
  const double scale = rim.layer->scale;
  for (const Sample& sample : rim.samples) {
    const Sector& sector = rim.sectors[sample.sector];
    const double dx = sample.x - offset.x;
    const double dy = sample.y - offset.y;
    const double distance = std::hypot(dx, dy);
    const double depth = offset.radius - distance;
    if (!sector.usable || std::abs(depth) > rim.guard + 1 || distance < 0.5) continue;
    const double nx = dx / distance;
    const double ny = dy / distance;
    const Shadow shadow{std::max(std::abs(nx), std::abs(ny)) + softness,
                        std::min(std::abs(nx), std::abs(ny))};
    const Coverage coverage = CoverageAt(depth, shadow);
    if (coverage.slope <= 0) continue;
    const double contrast = sample.background - sector.inner;
    if (contrast <= 0) continue;
    const double outside = 1 - coverage.share;
    // Positive: more ball here than the circle says, so the rim lies farther out.
    const double excess = sector.inner + outside * contrast - sample.unlikeness;
    const double gain = coverage.slope * contrast / scale;
    double weight = 1 / (rim.inner_variance + outside * outside * rim.outer_variance +
                         kModelError * kModelError * contrast * contrast);
    // Cauchy's weight: a sample that fits badly (a speck, an edge behind the ball) counts less.
    weight /= 1 + excess * excess * weight / 9;
    const double wg = weight * gain;
    const double wgg = wg * gain;
    const std::array<double, 6> products{nx * nx, nx * ny, nx, ny * ny, ny, 1.0};
    for (std::size_t k = 0; k < products.size(); ++k) equations.matrix[k] += wgg * products[k];
    equations.right[0] += wg * excess * nx;
    equations.right[1] += wg * excess * ny;
    equations.right[2] += wg * excess;
    equations.sector_weight[sample.sector] += wgg;
    equations.sector_offset[sample.sector] += wg * excess;
  }
}

std::optional<std::array<double, 3>> RimFitter::Solve(const Equations& equations) {
  const auto& [xx, xy, xr, yy, yr, rr] = equations.matrix;
  const auto& [bx, by, br] = equations.right;
  const double c0 = yy * rr - yr * yr;
  const double c1 = xr * yr - xy * rr;
  const double c2 = xy * yr - yy * xr;
  const double determinant = xx * c0 + xy * c1 + xr * c2;
  // A rim seen from one side only leaves a direction open.
  if (!(determinant > 1e-4 * xx * yy * rr) || !(rr > 0)) return {};
  return std::array<double, 3>{
      (c0 * bx + c1 * by + c2 * br) / determinant,
      (c1 * bx + (xx * rr - xr * xr) * by + (xy * xr - xx * yr) * br) / determinant,
      (c2 * bx + (xy * xr - xx * yr) * by + (xx * yy - xy * xy) * br) / determinant};
}

RimFit RimFitter::Judge(const Ball& ball, const Layers& layers, const Equations& equations) {
  RimFit fit{ball};
  std::array<bool, kRimSectors> seen{};
  for (int k = 0; k < 4 * kRimSectors; ++k) {
    const double angle = 2 * std::numbers::pi * (k + 0.5) / (4 * kRimSectors);
    const double x = std::cos(angle);
    const double y = std::sin(angle);
    const double px = ball.x + (ball.radius + 1) * x;
    const double py = ball.y + (ball.radius + 1) * y;
    const Layer& picture = layers.items[0];
    if (px >= 0 && py >= 0 && px < picture.width && py < picture.height) {
      seen[SectorOf(x, y)] = true;
    }
  }
  double squares = 0;
  int in_picture = 0;
  for (int s = 0; s < kRimSectors; ++s) {
    const double weight = equations.sector_weight[s];
    if (seen[s]) ++in_picture;
    if (!seen[s] || weight * kClearError * kClearError < 1) continue;
    const double offset = equations.sector_offset[s] / weight;
    squares += offset * offset;
    ++fit.clear_sectors;
  }
  fit.roughness = std::sqrt(squares / std::max(fit.clear_sectors, 1));
  fit.clear_share = static_cast<double>(fit.clear_sectors) / std::max(in_picture, 1);
  return fit;
}

std::optional<RimFit> RimFitter::Fit(const Layers& layers, const Ball& coarse) {
  for (int k = 0; k < layers.count; ++k) Collect(layers.items[k], coarse, rims_[k]);
  Ball ball = coarse;
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    Equations equations;
    for (int k = 0; k < layers.count; ++k) {
      LayerRim& rim = rims_[k];
      const double scale = rim.layer->scale;
      const Ball offset{(ball.x - coarse.x) / scale, (ball.y - coarse.y) / scale,
                        ball.radius / scale};
      if (iteration < kCalibrations) Calibrate(offset, rim);
      // A soft edge first: its slope reaches farther.
      if (rim.usable) Accumulate(offset, iteration == 0 ? 2.0 : 0.0, rim, equations);
    }
    auto step = Solve(equations);
    if (!step) return {};
    for (double& value : *step) value = std::clamp(value, -kLargestStep, kLargestStep);
    ball = {ball.x + (*step)[0], ball.y + (*step)[1], ball.radius + (*step)[2]};
    const double drift =
        std::hypot(ball.x - coarse.x, ball.y - coarse.y) + std::abs(ball.radius - coarse.radius);
    if (drift > kLargestDrift || ball.radius < 1) return {};
    const double moved = std::abs((*step)[0]) + std::abs((*step)[1]) + std::abs((*step)[2]);
    const bool last = iteration + 1 == kIterations;
    if (iteration >= kCalibrations && (moved < kConverged || last)) {
      return Judge(ball, layers, equations);
    }
  }
  return {};
}

}  // namespace ball
