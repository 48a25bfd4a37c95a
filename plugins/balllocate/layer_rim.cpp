// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/layer_rim.h"

#include <algorithm>
#include <cmath>

#include "plugins/balllocate/edge_profile.h"

namespace ball::locate {
namespace {

// All lengths in samples of the layer.

// Samples are read so far from the circle, on either side. Those of chroma lie farther apart.
constexpr double kLumaHalfWidth = 4.25;
constexpr double kChromaHalfWidth = 3.25;
// About so many samples are enough; larger circles are read in fewer lines.
constexpr double kEnough = 320;
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
constexpr double kUsualBlur = 0.05;
constexpr double kBlurDeviation = 0.15;
constexpr double kLargestBlur = 1.5;
constexpr double kBlurSettled = 0.03;
// Variance of rounding to whole levels.
constexpr double kRounding = 0.1;
// The rim is looked for so far from the circle.
constexpr double kMeasured = 3.0;
// A share lies between 0 and 1, so its variance is bounded.
constexpr float kLargestShareVariance = 0.1F;
// A sector with less than this share of the strongest contrast says nothing.
constexpr double kLeastContrast = 0.15;
// So far outside the circle that was calibrated with a background is predicted.
constexpr float kPredicted = 1.4F;
// A circle may be so far from the one that was calibrated with.
constexpr double kMoved = 0.5;
// The softest edge to be ready for; a softer one costs another pass.
constexpr double kFirstBlur = 0.25;

// Nearest sample to a coordinate of at least -0.5. (std::lround is a call, and this is a hot path.)
int Nearest(float coordinate) { return static_cast<int>(coordinate + 0.5F); }

float Single(double value) { return static_cast<float>(value); }

CodedColor Difference(const CodedColor& a, const CodedColor& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}

// The variance of a colour's components together.
double Trace(const Symmetric& covariance) { return covariance[0] + covariance[3] + covariance[5]; }

// A number that about half of the values are below, to a thousandth of the largest. Values are at
// least 0. (Found by bisection: std::nth_element branches on every value.)
float MedianOf(const std::vector<float>& values) {
  float below = 0;
  float above = *std::max_element(values.begin(), values.end());
  const auto half = static_cast<float>(values.size() / 2);
  const std::size_t n = values.size();
  const float* value = values.data();
  for (int bit = 0; bit < 10; ++bit) {
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
  near_reach_ = EdgeProfile::LargestReach(kFirstBlur) + kMoved;
  const double half_width = layer.scale == 1 ? kLumaHalfWidth : kChromaHalfWidth;
  samples_.Read(layer, {x_, y_, coarse.radius / layer.scale}, half_width, kEnough);
}

bool LayerRim::Calibrate(const Ball& picture_circle) {
  const Ball circle = ToLayer(picture_circle);
  samples_.DepthsIn(circle, depths_);
  if (!LearnColors()) return false;
  samples_.LengthsFrom(color_, metric_, unlikeness_);
  LearnSectors();
  LearnLowerBackground();
  FindNear(near_reach_);
  PredictBackground(circle, guard_);
  return true;
}

// Learns the ball's colour from the ring just inside, and the metric from what differs from it
// outside.
bool LayerRim::LearnColors() {
  const std::size_t n = depths_.size();
  inside_.resize(n);
  outside_.resize(n);
  const auto guard = static_cast<float>(guard_);
  for (std::size_t k = 0; k < n; ++k) inside_[k] = depths_[k] >= guard ? 1.0F : 0.0F;
  const ColorSpread inside = samples_.SpreadOf(inside_);
  if (inside.count < kFewest) return false;
  color_ = inside.mean;
  std::ranges::transform(color_, ball_color_.begin(), Single);
  ball_like_ =
      static_cast<float>(9 * (Trace(inside.covariance) + layer_.component_count * kRounding));
  samples_.SquaresFrom(color_, squares_);
  for (std::size_t k = 0; k < n; ++k) {
    outside_[k] = depths_[k] <= -guard && squares_[k] > ball_like_ ? 1.0F : 0.0F;
  }
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
    if (inside_[k] > 0) inner.Add(sectors[k], unlikeness_[k]);
    if (outside_[k] > 0) outer.Add(sectors[k], unlikeness_[k]);
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
    if (outside_[k] <= 0 || unlikeness_[k] > outer_[s] + kRoundingOff) continue;
    sum[s] += unlikeness_[k];
    count[s] += 1;
  }
  for (int s = 0; s < kSectors; ++s) lower_[s] = count[s] > 0 ? sum[s] / count[s] : outer_[s];
}

// Unlikeness of the sample nearest to (x, y) of the layer; below 0 where there is none, or where it
// cannot be told from the ball: another ball that touches it is no background.
float LayerRim::UnlikenessOutside(float x, float y) const {
  if (x < -0.5F || y < -0.5F) return -1;
  const int i = Nearest(x);
  const int j = Nearest(y);
  if (i >= layer_.width || j >= layer_.height) return -1;
  std::array<float, 3> off{};
  for (int c = 0; c < layer_.component_count; ++c) {
    off[c] = static_cast<float>(layer_.components[c].At(i, j)) - ball_color_[c];
  }
  const float square = off[0] * off[0] + off[1] * off[1] + off[2] * off[2];
  return square <= ball_like_ ? -1 : metric_.Length(off[0], off[1], off[2]);
}

// How far from the circle's centre to go in a direction, so that the sample there lies at least
// `distance` outside the circle.
float LayerRim::FirstOutside(const Ball& circle, float nx, float ny, double distance) const {
  constexpr float kStep = 0.25F;
  constexpr int kSteps = 3;
  const auto left = static_cast<float>(x_ + circle.x);
  const auto top = static_cast<float>(y_ + circle.y);
  const auto least = static_cast<float>(circle.radius + distance);
  float reach = least;
  for (int step = 0; step < kSteps; ++step, reach += kStep) {
    const float x = left + reach * nx;
    const float y = top + reach * ny;
    if (x < -0.5F || y < -0.5F) break;
    const float dx = static_cast<float>(Nearest(x)) - left;
    const float dy = static_cast<float>(Nearest(y)) - top;
    if (dx * dx + dy * dy >= least * least) break;
  }
  return reach;
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
  const auto centre_x = static_cast<float>(circle.x);
  const auto centre_y = static_cast<float>(circle.y);
  const auto left = static_cast<float>(x_ + circle.x);
  const auto top = static_cast<float>(y_ + circle.y);
  for (const int k : near_) {
    if (std::abs(depths_[k]) > kPredicted) continue;
    const float from_centre = static_cast<float>(circle.radius) - depths_[k];
    const float scale = 1 / std::max(from_centre, 1e-6F);
    const float nx = (samples_.x()[k] - centre_x) * scale;
    const float ny = (samples_.y()[k] - centre_y) * scale;
    const float reach = FirstOutside(circle, nx, ny, distance);
    const float near = UnlikenessOutside(left + reach * nx, top + reach * ny);
    const float far = UnlikenessOutside(left + (reach + kLag) * nx, top + (reach + kLag) * ny);
    if (near < 0 || far < 0) continue;
    predicted_.push_back({k, near, std::abs(near - far)});
    differences_.push_back(std::abs(near - far));
  }
  BlendPredictions();
  CollectRim();
}

// Where neighbours are alike (a photograph, even areas), the sample straight outside tells more
// than the sector's mean; where they are not (noise), the mean does. What tells them apart is the
// median of the differences between neighbours, which a few edges in the background do not touch.
void LayerRim::BlendPredictions() {
  const double innovation = InnovationVariance();
  const double likeness = std::max(0.0, 1 - innovation / (outer_variance_ + 1e-9));
  const std::vector<std::int32_t>& sectors = samples_.sectors();
  backgrounds_.resize(sectors.size());
  variances_.assign(sectors.size(), static_cast<float>(outer_variance_));
  for (std::size_t k = 0; k < sectors.size(); ++k) backgrounds_[k] = outer_[sectors[k]];
  for (const Predicted& predicted : predicted_) {
    const double mean = backgrounds_[predicted.sample];
    const double local = innovation + likeness * predicted.difference * predicted.difference;
    backgrounds_[predicted.sample] = static_cast<float>(mean + likeness * (predicted.near - mean));
    variances_[predicted.sample] = static_cast<float>(std::min(outer_variance_, local));
  }
}

void LayerRim::CollectRim() {
  rim_.Resize(near_.size());
  std::size_t size = 0;
  for (const int k : near_) {
    const int s = samples_.sectors()[k];
    rim_.x[size] = samples_.x()[k];
    rim_.y[size] = samples_.y()[k];
    rim_.unlikeness[size] = unlikeness_[k];
    rim_.inner[size] = inner_[s];
    rim_.contrast[size] = backgrounds_[k] - inner_[s];
    rim_.variance[size] = variances_[k];
    rim_.sectors[size] = s;
    if (has_outside_[s] && backgrounds_[k] > inner_[s]) ++size;
  }
  rim_.Resize(size);
}

bool LayerRim::LookCloser(const Ball& picture_circle) {
  double contrast = 0;
  for (int s = 0; s < kSectors; ++s) contrast += (outer_[s] - inner_[s]) / kSectors;
  if (outer_variance_ < kEven * contrast * contrast) return false;
  const Ball circle = ToLayer(picture_circle);
  samples_.DepthsIn(circle, depths_);
  FindNear(near_reach_);
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
  const double reach = EdgeProfile::LargestReach(blur) + kMoved;
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

// How much of a sample is ball. Near the rim and inside by its predicted background; farther out by
// the background that is most like the ball there, so that an edge in it is not taken for a bulge.
float LayerRim::ShareOf(std::size_t k) const {
  const int s = samples_.sectors()[k];
  const float background = depths_[k] < -kPredicted ? lower_[s] : backgrounds_[k];
  const float contrast = background - inner_[s];
  return contrast > 0 ? std::clamp(1 - (unlikeness_[k] - inner_[s]) / contrast, 0.0F, 1.0F) : 0.0F;
}

// The mean excess of ball over a band of known width is the rim's offset, however far it is.
SectorOffsets LayerRim::Measure(const Ball& picture_circle) {
  const Ball circle = ToLayer(picture_circle);
  samples_.DepthsIn(circle, depths_);
  samples_.CoveredBy(circle, blur_, covered_);
  FindNear(kMeasured);
  const double least = kLeastContrast * StrongestContrast();
  std::array<float, kSectors> excess{};
  std::array<float, kSectors> variance{};
  std::array<float, kSectors> count{};
  const auto inner_variance = static_cast<float>(inner_variance_);
  for (const int k : near_) {
    const int s = samples_.sectors()[k];
    const float contrast = outer_[s] - inner_[s];
    if (contrast <= least) continue;
    excess[s] += ShareOf(k) - covered_[k];
    const float outside = 1 - covered_[k];
    const float uncertain = inner_variance + outside * outside * variances_[k];
    variance[s] += std::min(kLargestShareVariance, uncertain / (contrast * contrast));
    count[s] += 1;
  }
  SectorOffsets result;
  const double width = 2 * kMeasured * layer_.scale;
  for (int s = 0; s < kSectors; ++s) {
    if (count[s] < kFewest || !has_outside_[s]) continue;
    result.offset[s] = width * excess[s] / count[s];
    result.weight[s] = count[s] * count[s] / (width * width * variance[s]);
  }
  return result;
}

double LayerRim::StrongestContrast() const {
  float strongest = 0;
  for (int s = 0; s < kSectors; ++s) strongest = std::max(strongest, outer_[s] - inner_[s]);
  return strongest;
}

}  // namespace ball::locate
