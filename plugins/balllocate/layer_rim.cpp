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
constexpr double kHalfWidth = 4.25;
// About so many samples are enough; larger circles are read in fewer lines.
constexpr double kEnough = 640;
// A sample that the edge cannot touch has at least this distance. Chroma is half as dense, and
// the coarse circle twice as good in its samples.
constexpr double kLumaGuard = 1.5;
constexpr double kChromaGuard = 1.2;
// How far apart two samples are whose likeness tells how well the background can be predicted.
constexpr double kLag = 2.0;
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
// The mixture is known to this share of the contrast only (filters, gamma, coding), which keeps
// one layer from overruling the other.
constexpr double kModelError = 0.03;
// The rim is looked for so far from the circle.
constexpr double kMeasured = 3.0;
// A share lies between 0 and 1, so its variance is bounded.
constexpr double kLargestShareVariance = 0.1;
// A sector with less than this share of the strongest contrast says nothing.
constexpr double kLeastContrast = 0.15;

// So far outside the circle that was calibrated with a background is predicted.
constexpr double kPredicted = 1.4;

Place PlaceOf(double x, double y, const Ball& circle) {
  const double dx = x - circle.x;
  const double dy = y - circle.y;
  const double distance = std::max(std::sqrt(dx * dx + dy * dy), 1e-6);
  return {dx / distance, dy / distance, circle.radius - distance};
}

double DepthOf(double x, double y, const Ball& circle) {
  const double dx = x - circle.x;
  const double dy = y - circle.y;
  return circle.radius - std::sqrt(dx * dx + dy * dy);
}

// Tells samples near a circle from the others without a root.
class Band {
 public:
  Band(const Ball& circle, double half_width)
      : x_(circle.x), y_(circle.y), inner_(std::max(0.0, circle.radius - half_width)) {
    inner_ *= inner_;
    outer_ = (circle.radius + half_width) * (circle.radius + half_width);
  }

  bool Holds(double x, double y) const {
    const double square = (x - x_) * (x - x_) + (y - y_) * (y - y_);
    return square > inner_ && square < outer_;
  }

 private:
  double x_;
  double y_;
  double inner_;
  double outer_ = 0;
};

CodedColor ValueAt(const Layer& layer, int i, int j) {
  CodedColor value{};
  for (int c = 0; c < layer.component_count; ++c) value[c] = layer.components[c].At(i, j);
  return value;
}

// Nearest sample to a coordinate of at least -0.5. (std::lround is a call, and this is a hot path.)
int Nearest(double coordinate) {
  const double from_the_samples_edge = coordinate + 0.5;
  return static_cast<int>(from_the_samples_edge);
}

CodedColor Difference(const CodedColor& a, const CodedColor& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
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
    sample.value = ValueAt(layer, i, j);
    sample.sector = SectorOf(sample.x, sample.y);
    samples_.push_back(sample);
  });
}

bool LayerRim::Calibrate(const Ball& picture_circle) {
  const Ball circle = ToLayer(picture_circle);
  for (Sample& sample : samples_) sample.depth = DepthOf(sample.x, sample.y, circle);
  if (!LearnColors()) return false;
  SectorMeans inner;
  SectorMeans outer;
  for (Sample& sample : samples_) {
    sample.unlikeness = metric_.Length(Difference(sample.value, color_));
    if (sample.depth >= guard_) inner.Add(sample.sector, sample.unlikeness);
    if (sample.depth <= -guard_ && !IsBallLike(sample.value)) {
      outer.Add(sample.sector, sample.unlikeness);
    }
  }
  inner_ = inner.Means();
  outer_ = outer.Means();
  inner_variance_ = inner.PooledVariance() + rounding_variance_;
  outer_variance_ = outer.PooledVariance();
  for (int s = 0; s < kSectors; ++s) has_outside_[s] = outer.Holds(s);
  LearnLowerBackground();
  PredictBackground(circle, guard_);
  return true;
}

// Mean of those backgrounds in a sector that are more like the ball than its mean is.
void LayerRim::LearnLowerBackground() {
  constexpr double kRoundingOff = 1e-9;
  std::array<double, kSectors> sum{};
  std::array<double, kSectors> count{};
  for (const Sample& sample : samples_) {
    if (sample.depth > -guard_ || IsBallLike(sample.value)) continue;
    if (sample.unlikeness > outer_[sample.sector] + kRoundingOff) continue;
    sum[sample.sector] += sample.unlikeness;
    count[sample.sector] += 1;
  }
  for (int s = 0; s < kSectors; ++s) lower_[s] = count[s] > 0 ? sum[s] / count[s] : outer_[s];
}

// Learns the ball's colour from the ring just inside, and the metric from what differs from it
// outside.
bool LayerRim::LearnColors() {
  ColorMoments inside;
  for (const Sample& sample : samples_) {
    if (sample.depth >= guard_) inside.Add(sample.value);
  }
  if (inside.count() < kFewest) return false;
  color_ = inside.Mean();
  Symmetric spread = inside.Covariance();
  color_spread_ = spread[0] + spread[3] + spread[5] + layer_.component_count * kRounding;
  ColorMoments outside;
  for (const Sample& sample : samples_) {
    if (sample.depth <= -guard_ && !IsBallLike(sample.value)) outside.Add(sample.value);
  }
  if (outside.count() < kFewest) return false;
  const Symmetric outer_spread = outside.Covariance();
  for (std::size_t k = 0; k < spread.size(); ++k) spread[k] += outer_spread[k];
  // One level: nothing is known better than a coded value.
  for (const std::size_t diagonal : {0, 3, 5}) spread[diagonal] += 1.0;
  metric_ = ColorMetric(spread);
  rounding_variance_ = kRounding * metric_.NoiseGain(Difference(outside.Mean(), color_));
  return true;
}

// What cannot be told from the ball, like another ball that touches it, is no background.
bool LayerRim::IsBallLike(const CodedColor& value) const {
  const CodedColor off = Difference(value, color_);
  return off[0] * off[0] + off[1] * off[1] + off[2] * off[2] <= 9 * color_spread_;
}

// Unlikeness of the sample nearest to (x, y); below 0 where there is none or it belongs to a
// ball.
double LayerRim::UnlikenessOutside(double x, double y) const {
  if (x < -0.5 || y < -0.5) return -1;
  const int i = Nearest(x);
  const int j = Nearest(y);
  if (i >= layer_.width || j >= layer_.height) return -1;
  const CodedColor value = ValueAt(layer_, i, j);
  return IsBallLike(value) ? -1 : metric_.Length(Difference(value, color_));
}

// How far out of the circle to go from a sample, so that the sample there lies at least `distance`
// outside.
double LayerRim::FirstDepth(const Ball& circle, const Sample& sample, double distance) const {
  constexpr double kStep = 0.25;
  constexpr double kRoundingOff = 0.75;
  const Place place = PlaceOf(sample.x, sample.y, circle);
  double depth = distance;
  for (; depth < distance + kRoundingOff; depth += kStep) {
    const double i = std::floor(x_ + sample.x + (place.depth + depth) * place.nx + 0.5) - x_;
    const double j = std::floor(y_ + sample.y + (place.depth + depth) * place.ny + 0.5) - y_;
    if (DepthOf(i, j, circle) <= -distance) break;
  }
  return depth;
}

void LayerRim::PredictBackground(const Ball& circle, double distance) {
  differences_.clear();
  for (Sample& sample : samples_) {
    sample.near = -1;
    if (std::abs(sample.depth) > kPredicted) continue;
    const Place place = PlaceOf(sample.x, sample.y, circle);
    const double depth = FirstDepth(circle, sample, distance);
    const double x = x_ + sample.x + (place.depth + depth) * place.nx;
    const double y = y_ + sample.y + (place.depth + depth) * place.ny;
    const double near = UnlikenessOutside(x, y);
    const double far = UnlikenessOutside(x + kLag * place.nx, y + kLag * place.ny);
    if (near < 0 || far < 0) continue;
    sample.near = near;
    sample.difference = std::abs(near - far);
    differences_.push_back(sample.difference);
  }
  BlendPredictions();
}

// Where neighbours are alike (a photograph, even areas), the sample straight outside tells more
// than the sector's mean; where they are not (noise), the mean does. What tells them apart is the
// median of the differences between neighbours, which a few edges in the background do not touch.
void LayerRim::BlendPredictions() {
  const double innovation = InnovationVariance();
  likeness_ = std::max(0.0, 1 - innovation / (outer_variance_ + 1e-9));
  for (Sample& sample : samples_) {
    const double mean = outer_[sample.sector];
    sample.background = mean;
    sample.variance = outer_variance_;
    if (sample.near < 0) continue;
    sample.background += likeness_ * (sample.near - mean);
    const double local = innovation + likeness_ * sample.difference * sample.difference;
    sample.variance = std::min(outer_variance_, local);
  }
}

bool LayerRim::LookCloser(const Ball& picture_circle) {
  double contrast = 0;
  for (int s = 0; s < kSectors; ++s) contrast += (outer_[s] - inner_[s]) / kSectors;
  if (outer_variance_ < kEven * contrast * contrast) return false;
  const Ball circle = ToLayer(picture_circle);
  for (Sample& sample : samples_) sample.depth = DepthOf(sample.x, sample.y, circle);
  PredictBackground(circle, std::min(guard_, EdgeProfile::LargestReach(blur_)));
  return true;
}

// Variance of what is new from one sample to the next, as if it were normal noise.
double LayerRim::InnovationVariance() {
  if (differences_.empty()) return outer_variance_;
  const auto middle = differences_.begin() + static_cast<std::ptrdiff_t>(differences_.size() / 2);
  std::nth_element(differences_.begin(), middle, differences_.end());
  // The median of |a - b| is 0.954 standard deviations of a and b.
  return (*middle / 0.954) * (*middle / 0.954);
}

void LayerRim::Accumulate(const Ball& picture_circle, double assumed_blur,
                          RimEquations& equations) {
  const Ball circle = ToLayer(picture_circle);
  const double blur = std::max(blur_, assumed_blur);
  double blur_weight = 1 / (kBlurDeviation * kBlurDeviation);
  double blur_right = (kUsualBlur - blur_) * blur_weight;
  const Band band(circle, EdgeProfile::LargestReach(blur));
  for (const Sample& sample : samples_) {
    if (!band.Holds(sample.x, sample.y) || !has_outside_[sample.sector]) continue;
    const Place place = PlaceOf(sample.x, sample.y, circle);
    const EdgeProfile profile(place.nx, place.ny, blur);
    if (std::abs(place.depth) >= profile.reach()) continue;
    const double contrast = sample.background - inner_[sample.sector];
    if (contrast <= 0) continue;
    const auto coverage = profile.At(place.depth);
    const double outside = 1 - coverage.share;
    // Positive: more ball here than the circle says.
    const double excess = inner_[sample.sector] + outside * contrast - sample.unlikeness;
    double weight = 1 / (inner_variance_ + outside * outside * sample.variance +
                         kModelError * kModelError * contrast * contrast);
    // Cauchy's weight: a sample that fits badly (a speck, an edge behind the ball) counts less.
    weight /= 1 + excess * excess * weight / 9;
    const double blur_gain = contrast * coverage.by_blur;
    blur_right += weight * blur_gain * excess;
    blur_weight += weight * blur_gain * blur_gain;
    const double gain = coverage.slope * contrast / layer_.scale;
    equations.Add(place.nx, place.ny, excess, gain, weight, sample.sector);
  }
  if (assumed_blur > 0) return;
  const double improved = std::clamp(blur_ + blur_right / blur_weight, 0.0, kLargestBlur);
  settled_ = std::abs(improved - blur_) < kBlurSettled;
  blur_ = improved;
}

// How much of a sample is ball. Near the rim and inside by its predicted background; farther out by
// the background that is most like the ball there, so that an edge in it is not taken for a bulge.
double LayerRim::ShareOf(const Sample& sample, double depth) const {
  const double inner = inner_[sample.sector];
  const double background = depth < -kPredicted ? lower_[sample.sector] : sample.background;
  const double contrast = background - inner;
  return contrast > 0 ? std::clamp(1 - (sample.unlikeness - inner) / contrast, 0.0, 1.0) : 0.0;
}

// The mean excess of ball over a band of known width is the rim's offset, however far it is.
SectorOffsets LayerRim::Measure(const Ball& picture_circle) const {
  const Ball circle = ToLayer(picture_circle);
  const double least = kLeastContrast * StrongestContrast();
  const Band band(circle, kMeasured);
  std::array<double, kSectors> excess{};
  std::array<double, kSectors> variance{};
  std::array<double, kSectors> count{};
  for (const Sample& sample : samples_) {
    const int s = sample.sector;
    const double contrast = outer_[s] - inner_[s];
    if (!band.Holds(sample.x, sample.y) || contrast <= least) continue;
    const Place place = PlaceOf(sample.x, sample.y, circle);
    const double covered = EdgeProfile(place.nx, place.ny, blur_).At(place.depth).share;
    excess[s] += ShareOf(sample, place.depth) - covered;
    const double uncertain = inner_variance_ + (1 - covered) * (1 - covered) * sample.variance;
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
  double strongest = 0;
  for (int s = 0; s < kSectors; ++s) strongest = std::max(strongest, outer_[s] - inner_[s]);
  return strongest;
}

}  // namespace ball::locate
