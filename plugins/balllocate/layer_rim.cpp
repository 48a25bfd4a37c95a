// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/layer_rim.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "plugins/balllocate/annulus.h"
#include "plugins/balllocate/edge_profile.h"

namespace ball::locate {
namespace {

// All lengths in samples of the layer.

// Samples are read so far from the circle, on either side.
constexpr double kHalfWidth = 4.5;
// About so many samples are enough; larger circles are read in fewer lines.
constexpr double kEnough = 1200;
// A sample that the edge cannot touch has at least this distance. Chroma is half as dense, and
// the coarse circle twice as good in its samples.
constexpr double kLumaGuard = 1.5;
constexpr double kChromaGuard = 1.2;
constexpr double kLargestGuard = 2.6;
// How far apart two samples are whose likeness tells how well the background can be predicted.
constexpr double kLag = 2.0;
// Blur (see EdgeProfile): what to expect, how surely, and the most that is believed.
constexpr double kUsualBlur = 0.05;
constexpr double kBlurDeviation = 0.15;
constexpr double kLargestBlur = 1.5;
constexpr double kWideBlur = 0.6;
// Variance of rounding to whole levels.
constexpr double kRounding = 0.1;
// The mixture is known to this share of the contrast only (filters, gamma, coding), which keeps
// one layer from overruling the other.
constexpr double kModelError = 0.03;

CodedColor Difference(const CodedColor& a, const CodedColor& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}

}  // namespace

void RimEquations::Add(double nx, double ny, double offset, double weight, int sector) {
  const std::array<double, 6> products{nx * nx, nx * ny, nx, ny * ny, ny, 1.0};
  for (std::size_t k = 0; k < products.size(); ++k) matrix[k] += weight * products[k];
  right[0] += weight * offset * nx;
  right[1] += weight * offset * ny;
  right[2] += weight * offset;
  sector_weight[sector] += weight;
  sector_right[sector] += weight * offset;
}

Ball LayerRim::ToLayer(const Ball& circle) const {
  return {(circle.x - layer_.offset_x) / layer_.scale - x_,
          (circle.y - layer_.offset_y) / layer_.scale - y_, circle.radius / layer_.scale};
}

LayerRim::Place LayerRim::PlaceOf(const Sample& sample, const Ball& circle) {
  const double dx = sample.x - circle.x;
  const double dy = sample.y - circle.y;
  const double distance = std::max(std::sqrt(dx * dx + dy * dy), 1e-6);
  return {dx / distance, dy / distance, distance, circle.radius - distance};
}

CodedColor LayerRim::ValueAt(int i, int j) const {
  CodedColor value{};
  for (int c = 0; c < layer_.component_count; ++c) value[c] = layer_.components[c].At(i, j);
  return value;
}

void LayerRim::Read(const Layer& layer, const Ball& coarse) {
  layer_ = layer;
  x_ = (coarse.x - layer.offset_x) / layer.scale;
  y_ = (coarse.y - layer.offset_y) / layer.scale;
  const double radius = coarse.radius / layer.scale;
  guard_ = layer.scale == 1 ? kLumaGuard : kChromaGuard;
  blur_ = kUsualBlur;
  samples_.clear();
  const double expected = 2 * std::numbers::pi * radius * 2 * kHalfWidth;
  const int stride = std::max(1, static_cast<int>(std::lround(expected / kEnough)));
  const Annulus ring{
      x_,          y_,          std::max(0.0, radius - kHalfWidth), radius + kHalfWidth, stride,
      layer.width, layer.height};
  ForEachPoint(ring, [&](int i, int j) {
    Sample sample;
    sample.x = i - x_;
    sample.y = j - y_;
    sample.value = ValueAt(i, j);
    sample.sector = SectorOf(sample.x, sample.y);
    samples_.push_back(sample);
  });
}

bool LayerRim::Calibrate(const Ball& picture_circle) {
  const Ball circle = ToLayer(picture_circle);
  ColorMoments inside;
  ColorMoments outside;
  for (const Sample& sample : samples_) {
    const double depth = PlaceOf(sample, circle).depth;
    if (depth >= guard_) inside.Add(sample.value);
    if (depth <= -guard_) outside.Add(sample.value);
  }
  if (inside.count() < 3 || outside.count() < 3) return false;
  Symmetric spread = outside.Covariance();
  const Symmetric inner_spread = inside.Covariance();
  for (std::size_t k = 0; k < spread.size(); ++k) spread[k] += inner_spread[k];
  // One level: nothing is known better than a coded value.
  for (const std::size_t diagonal : {0, 3, 5}) spread[diagonal] += 1.0;
  const ColorMetric metric(spread);
  color_ = inside.Mean();
  SectorMeans inner;
  SectorMeans outer;
  for (Sample& sample : samples_) {
    sample.unlikeness = metric.Length(Difference(sample.value, color_));
    const double depth = PlaceOf(sample, circle).depth;
    if (depth >= guard_) inner.Add(sample.sector, sample.unlikeness);
    if (depth <= -guard_) outer.Add(sample.sector, sample.unlikeness);
  }
  inner_ = inner.Means();
  outer_ = outer.Means();
  inner_variance_ = inner.PooledVariance() + kRounding;
  outer_variance_ = outer.PooledVariance();
  for (int s = 0; s < kSectors; ++s) has_outside_[s] = outer.Holds(s);
  PredictBackground(circle, metric);
  return true;
}

std::optional<double> LayerRim::UnlikenessAt(const Ball& circle, const Place& place, double depth,
                                             const ColorMetric& metric) const {
  const double reach = circle.radius - depth;
  const int i = static_cast<int>(std::lround(x_ + circle.x + reach * place.nx));
  const int j = static_cast<int>(std::lround(y_ + circle.y + reach * place.ny));
  if (i < 0 || j < 0 || i >= layer_.width || j >= layer_.height) return {};
  return metric.Length(Difference(ValueAt(i, j), color_));
}

// Where neighbours are alike (a photograph), the pixel straight outside tells more than the
// sector's mean; where they are not (noise), the mean does.
void LayerRim::PredictBackground(const Ball& circle, const ColorMetric& metric) {
  double product = 0;
  double square = 0;
  for (Sample& sample : samples_) {
    const double mean = outer_[sample.sector];
    sample.background = mean;
    const Place place = PlaceOf(sample, circle);
    if (std::abs(place.depth) > guard_) continue;
    const auto near = UnlikenessAt(circle, place, -guard_, metric);
    const auto far = UnlikenessAt(circle, place, -guard_ - kLag, metric);
    if (!near || !far) continue;
    const double a = *near - mean;
    const double b = *far - mean;
    product += a * b;
    square += (a * a + b * b) / 2;
    sample.background = *near;
  }
  const double likeness = square > 0 ? std::clamp(product / square, 0.0, 1.0) : 0.0;
  for (Sample& sample : samples_) {
    const double mean = outer_[sample.sector];
    sample.background = mean + likeness * (sample.background - mean);
  }
  outer_variance_ *= 1 - likeness * likeness;
}

void LayerRim::Accumulate(const Ball& picture_circle, bool wide, RimEquations& equations) {
  const Ball circle = ToLayer(picture_circle);
  const double blur = wide ? kWideBlur : blur_;
  constexpr double kBlurStep = 0.05;
  double blur_right = 0;
  double blur_weight = 1 / (kBlurDeviation * kBlurDeviation);
  for (const Sample& sample : samples_) {
    const Place place = PlaceOf(sample, circle);
    if (!has_outside_[sample.sector] || std::abs(place.depth) > kLargestGuard) continue;
    const EdgeProfile softer(place.nx, place.ny, blur + kBlurStep);
    if (std::abs(place.depth) >= softer.reach()) continue;
    const double contrast = sample.background - inner_[sample.sector];
    if (contrast <= 0) continue;
    const auto coverage = EdgeProfile(place.nx, place.ny, blur).At(place.depth);
    const double outside = 1 - coverage.share;
    // Positive: more ball here than the circle says.
    const double excess = inner_[sample.sector] + outside * contrast - sample.unlikeness;
    double weight = 1 / (inner_variance_ + outside * outside * outer_variance_ +
                         kModelError * kModelError * contrast * contrast);
    // Cauchy's weight: a sample that fits badly (a speck, an edge behind the ball) counts less.
    weight /= 1 + excess * excess * weight / 9;
    const double blur_gain = contrast * (softer.At(place.depth).share - coverage.share) / kBlurStep;
    blur_right += weight * blur_gain * excess;
    blur_weight += weight * blur_gain * blur_gain;
    if (coverage.slope <= 0) continue;
    const double gain = coverage.slope * contrast / layer_.scale;
    equations.Add(place.nx, place.ny, excess / gain, weight * gain * gain, sample.sector);
  }
  if (wide) return;
  blur_right += (kUsualBlur - blur_) / (kBlurDeviation * kBlurDeviation);
  blur_ = std::clamp(blur_ + blur_right / blur_weight, 0.0, kLargestBlur);
}

}  // namespace ball::locate
