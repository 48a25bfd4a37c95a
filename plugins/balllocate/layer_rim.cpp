// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/layer_rim.h"

#include <algorithm>
#include <cmath>

#include "plugins/balllocate/edge_profile.h"
#include "plugins/balllocate/rim_background.h"

namespace ball::locate {
namespace {

// All lengths in samples of the layer.

// Samples are read so far from the circle, on either side. Those of chroma lie farther apart.
constexpr double kLumaHalfWidth = 4.25;
constexpr double kChromaHalfWidth = 3.25;
// About so many samples are enough; larger circles are read in fewer lines.
constexpr double kEnough = 280;
// A sample that the edge cannot touch has at least this distance. Chroma is half as dense, and
// the coarse circle twice as good in its samples.
constexpr double kLumaGuard = 1.5;
constexpr double kChromaGuard = 1.2;
// How far apart two samples are whose likeness tells how well the background can be predicted.
constexpr float kLag = 2.0F;
// Backgrounds whose variance is a smaller share of the squared contrast count as even.
constexpr double kEven = 1e-3;
// Colours are learnt from no fewer samples.
constexpr int kFewest = 3;
// Blur (see EdgeProfile): what to expect, how surely, and the most that is believed.
constexpr double kUsualBlur = 0.08;
constexpr double kBlurDeviation = 0.15;
constexpr double kLargestBlur = 1.5;
constexpr double kBlurSettled = 0.03;
// Variance of rounding to whole levels.
constexpr double kRounding = 0.1;
// The rim is looked for so far from the circle.
constexpr float kMeasured = 3.0F;
// A sector with less than this share of the strongest contrast says nothing.
constexpr float kLeastContrast = 0.15F;
// So far outside the circle that was calibrated with a background is predicted.
constexpr float kPredicted = 1.4F;
// A circle may be so far from the one that was calibrated with, or looked closer with; pixels.
constexpr double kMoved = 0.6;
constexpr double kMovedCloser = 0.2;
// The softest edge to be ready for; a softer one costs another pass.
constexpr double kFirstBlur = 0.15;

float Single(double value) { return static_cast<float>(value); }

CodedColor Difference(const CodedColor& a, const CodedColor& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}

// The variance of a colour's components together.
double Trace(const Symmetric& covariance) { return covariance[0] + covariance[3] + covariance[5]; }

// A number that about half of the values are below, to a 256th of the largest. Values are at
// least 0. (Found by bisection: std::nth_element branches on every value.)
float MedianOf(const std::vector<float>& values) {
  float below = 0;
  float above = *std::max_element(values.begin(), values.end());
  const auto half = static_cast<float>(values.size()) / 2;
  const std::size_t n = values.size();
  const float* value = values.data();
  for (int bit = 0; bit < 8; ++bit) {
    const float middle = (below + above) / 2;
    float count = 0;
#pragma omp simd reduction(+ : count)
    for (std::size_t k = 0; k < n; ++k) count += value[k] <= middle ? 1.0F : 0.0F;
    (count > half ? above : below) = middle;
  }
  return above;
}

}  // namespace

Ball LayerRim::ToLayer(const Ball& circle) const {
  return {(circle.x - layer_.offset_x) / layer_.scale - x_,
          (circle.y - layer_.offset_y) / layer_.scale - y_, circle.radius / layer_.scale};
}

void LayerRim::Read(const Layer& layer, const Ball& coarse) {
  layer_ = layer;
  x_ = (coarse.x - layer.offset_x) / layer.scale;
  y_ = (coarse.y - layer.offset_y) / layer.scale;
  guard_ = layer.scale == 1 ? kLumaGuard : kChromaGuard;
  blur_ = kUsualBlur;
  moved_ = kMoved / layer.scale;
  near_reach_ = EdgeProfile::LargestReach(kFirstBlur) + moved_;
  const double half_width = layer.scale == 1 ? kLumaHalfWidth : kChromaHalfWidth;
  samples_.Read(layer, {x_, y_, coarse.radius / layer.scale}, half_width, kEnough);
}

bool LayerRim::Calibrate(const Ball& picture_circle) {
  const Ball circle = ToLayer(picture_circle);
  samples_.DepthsIn(circle, depths_);
  if (!LearnColors()) return false;
  samples_.LengthsFrom(color_, metric_, look_.unlikeness);
  LearnSectors();
  LearnLowerBackground();
  SpreadSectors();
  FindNear(near_reach_);
  PredictBackground(circle, guard_);
  return true;
}

// Learns the ball's colour from the ring just inside, and the metric from what differs from it
// outside.
bool LayerRim::LearnColors() {
  ChooseInside(depths_, Single(guard_), inside_);
  const ColorSpread inside = samples_.SpreadOf(inside_);
  if (inside.count < kFewest) return false;
  color_ = inside.mean;
  ball_like_ =
      static_cast<float>(9 * (Trace(inside.covariance) + layer_.component_count * kRounding));
  samples_.SquaresFrom(color_, squares_);
  ChooseOutside(depths_, Single(guard_), squares_, ball_like_, outside_);
  const ColorSpread outside = samples_.SpreadOf(outside_);
  if (outside.count < kFewest) return false;
  Symmetric spread = inside.covariance;
  for (std::size_t k = 0; k < spread.size(); ++k) spread[k] += outside.covariance[k];
  // One level: nothing is known better than a coded value.
  for (const std::size_t diagonal : {0, 3, 5}) spread[diagonal] += 1.0;
  metric_ = ColorMetric(spread);
  rounding_variance_ = kRounding * metric_.NoiseGain(Difference(outside.mean, color_));
  return true;
}

void LayerRim::LearnSectors() {
  SectorMeans inner;
  SectorMeans outer;
  const std::vector<std::int32_t>& sectors = samples_.sectors();
  for (std::size_t k = 0; k < sectors.size(); ++k) {
    if (inside_[k] > 0) inner.Add(sectors[k], look_.unlikeness[k]);
    if (outside_[k] > 0) outer.Add(sectors[k], look_.unlikeness[k]);
  }
  std::ranges::transform(inner.Means(), inner_.begin(), Single);
  std::ranges::transform(outer.Means(), outer_.begin(), Single);
  inner_variance_ = inner.PooledVariance() + rounding_variance_;
  outer_variance_ = outer.PooledVariance();
  for (int s = 0; s < kSectors; ++s) has_outside_[s] = outer.Holds(s);
}

// Mean of those backgrounds in a sector that are more like the ball than its mean is.
void LayerRim::LearnLowerBackground() {
  constexpr float kRoundingOff = 1e-4F;
  std::array<float, kSectors> sum{};
  std::array<float, kSectors> count{};
  const std::vector<std::int32_t>& sectors = samples_.sectors();
  for (std::size_t k = 0; k < sectors.size(); ++k) {
    const int s = sectors[k];
    if (outside_[k] <= 0 || look_.unlikeness[k] > outer_[s] + kRoundingOff) continue;
    sum[s] += look_.unlikeness[k];
    count[s] += 1;
  }
  for (int s = 0; s < kSectors; ++s) lower_[s] = count[s] > 0 ? sum[s] / count[s] : outer_[s];
}

void LayerRim::SpreadSectors() {
  const std::vector<std::int32_t>& sectors = samples_.sectors();
  look_.Resize(sectors.size());
  for (std::size_t k = 0; k < sectors.size(); ++k) {
    const int s = sectors[k];
    look_.inner[k] = inner_[s];
    look_.outer[k] = outer_[s];
    look_.lower[k] = lower_[s];
  }
}

// Without a branch on where a sample lies, which would be mispredicted on every line.
void LayerRim::FindNear(double reach) {
  near_reach_ = reach;
  near_.resize(depths_.size());
  std::size_t size = 0;
  for (std::size_t k = 0; k < depths_.size(); ++k) {
    near_[size] = static_cast<std::int32_t>(k);
    size += std::abs(depths_[k]) < static_cast<float>(reach) ? 1 : 0;
  }
  near_.resize(size);
}

void LayerRim::PredictBackground(const Ball& circle, double distance) {
  predicted_.clear();
  differences_.clear();
  AimRays(circle, distance);
  if (layer_.component_count == 1) {
    LookAlongRays<1>(circle);
  } else if (layer_.component_count == 2) {
    LookAlongRays<2>(circle);
  } else {
    LookAlongRays<3>(circle);
  }
  BlendPredictions();
  CollectRim();
}

// The ways from the circle's centre through those samples whose background is predicted.
void LayerRim::AimRays(const Ball& circle, double distance) {
  rays_.Resize(near_.size());
  const float centre_x = Single(circle.x);
  const float centre_y = Single(circle.y);
  std::size_t size = 0;
  for (const int k : near_) {
    rays_.samples[size] = k;
    rays_.nx[size] = samples_.x()[k] - centre_x;
    rays_.ny[size] = samples_.y()[k] - centre_y;
    size += std::abs(depths_[k]) <= kPredicted ? 1 : 0;
  }
  rays_.Resize(size);
  AimOutside({circle.x + x_, circle.y + y_, circle.radius}, distance, rays_);
}

template <int kComponents>
void LayerRim::LookAlongRays(const Ball& circle) {
  const RimBackground<kComponents> background(layer_, color_, metric_, ball_like_);
  const float left = Single(circle.x + x_);
  const float top = Single(circle.y + y_);
  for (std::size_t k = 0; k < rays_.samples.size(); ++k) {
    const float nx = rays_.nx[k];
    const float ny = rays_.ny[k];
    const float reach = rays_.reach[k];
    const float near = background.UnlikenessAt(left + reach * nx, top + reach * ny);
    const float farther = reach + kLag;
    const float far = background.UnlikenessAt(left + farther * nx, top + farther * ny);
    if (near < 0 || far < 0) continue;
    predicted_.push_back({rays_.samples[k], near, std::abs(near - far)});
    differences_.push_back(std::abs(near - far));
  }
}

// Where neighbours are alike (a photograph, even areas), the sample straight outside tells more
// than the sector's mean; where they are not (noise), the mean does. What tells them apart is the
// median of the differences between neighbours, which a few edges in the background do not touch.
void LayerRim::BlendPredictions() {
  const double innovation = InnovationVariance();
  const double likeness = std::max(0.0, 1 - innovation / (outer_variance_ + 1e-9));
  look_.background = look_.outer;
  look_.variance.assign(look_.outer.size(), Single(outer_variance_));
  for (const Predicted& predicted : predicted_) {
    const double mean = look_.outer[predicted.sample];
    const double local = innovation + likeness * predicted.difference * predicted.difference;
    look_.background[predicted.sample] = Single(mean + likeness * (predicted.near - mean));
    look_.variance[predicted.sample] = Single(std::min(outer_variance_, local));
  }
}

void LayerRim::CollectRim() {
  rim_.Resize(near_.size());
  std::size_t size = 0;
  for (const int k : near_) {
    const int s = samples_.sectors()[k];
    const float inner = look_.inner[k];
    const float background = look_.background[k];
    rim_.x[size] = samples_.x()[k];
    rim_.y[size] = samples_.y()[k];
    rim_.unlikeness[size] = look_.unlikeness[k];
    rim_.inner[size] = inner;
    rim_.contrast[size] = background - inner;
    rim_.variance[size] = look_.variance[k];
    rim_.sectors[size] = s;
    if (has_outside_[s] && background > inner) ++size;
  }
  rim_.Resize(size);
}

bool LayerRim::LookCloser(const Ball& picture_circle) {
  double contrast = 0;
  for (int s = 0; s < kSectors; ++s) contrast += (outer_[s] - inner_[s]) / kSectors;
  if (outer_variance_ < kEven * contrast * contrast) return false;
  const Ball circle = ToLayer(picture_circle);
  samples_.DepthsIn(circle, depths_);
  moved_ = kMovedCloser / layer_.scale;
  FindNear(EdgeProfile::LargestReach(blur_) + 2 * moved_);
  PredictBackground(circle, std::min(guard_, EdgeProfile::LargestReach(blur_)));
  return true;
}

// Variance of what is new from one sample to the next, as if it were normal noise.
double LayerRim::InnovationVariance() const {
  if (differences_.empty()) return outer_variance_;
  // The median of |a - b| is 0.954 standard deviations of a and b.
  const double deviation = MedianOf(differences_) / 0.954;
  return deviation * deviation;
}

void LayerRim::Accumulate(const Ball& picture_circle, double assumed_blur,
                          RimEquations& equations) {
  const double blur = std::max(blur_, assumed_blur);
  const double reach = EdgeProfile::LargestReach(blur) + moved_;
  if (reach > near_reach_) {
    FindNear(reach);
    CollectRim();
  }
  CompareWithCircle(rim_, ToLayer(picture_circle), blur, inner_variance_, terms_);
  equations.Add(terms_, layer_.scale);
  if (assumed_blur > 0) return;
  const double sureness = 1 / (kBlurDeviation * kBlurDeviation);
  const double right = (kUsualBlur - blur_) * sureness + terms_.blur_right;
  const double improved =
      std::clamp(blur_ + right / (sureness + terms_.blur_weight), 0.0, kLargestBlur);
  settled_ = std::abs(improved - blur_) < kBlurSettled;
  blur_ = improved;
}

void LayerRim::AddSectors(RimEquations& equations) const {
  equations.AddSectors(terms_, rim_.sectors, layer_.scale);
}

// The mean excess of ball over a band of known width is the rim's offset, however far it is.
SectorOffsets LayerRim::Measure(const Ball& picture_circle) {
  const Ball circle = ToLayer(picture_circle);
  samples_.DepthsIn(circle, depths_);
  samples_.CoveredBy(circle, blur_, shares_.covered);
  CompareShares(look_, depths_, kPredicted, inner_variance_, shares_);
  std::array<bool, kSectors> counts{};
  const float least = kLeastContrast * StrongestContrast();
  for (int s = 0; s < kSectors; ++s) counts[s] = outer_[s] - inner_[s] > least;
  std::array<float, kSectors> excess{};
  std::array<float, kSectors> variance{};
  std::array<float, kSectors> count{};
  const std::vector<std::int32_t>& sectors = samples_.sectors();
  for (std::size_t k = 0; k < sectors.size(); ++k) {
    const int s = sectors[k];
    if (std::abs(depths_[k]) >= kMeasured || !counts[s]) continue;
    excess[s] += shares_.excess[k];
    variance[s] += shares_.variance[k];
    count[s] += 1;
  }
  SectorOffsets result;
  const double width = 2.0 * kMeasured * layer_.scale;
  for (int s = 0; s < kSectors; ++s) {
    if (count[s] < kFewest || !has_outside_[s]) continue;
    result.offset[s] = width * excess[s] / count[s];
    result.weight[s] = count[s] * count[s] / (width * width * variance[s]);
  }
  return result;
}

float LayerRim::StrongestContrast() const {
  float strongest = 0;
  for (int s = 0; s < kSectors; ++s) strongest = std::max(strongest, outer_[s] - inner_[s]);
  return strongest;
}

}  // namespace ball::locate
