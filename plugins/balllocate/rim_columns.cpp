// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/rim_columns.h"

#include <algorithm>
#include <cmath>

#include "plugins/balllocate/edge_profile.h"

namespace ball::locate {
namespace {

// The mixture is known to this share of the contrast only (filters, gamma, coding), which keeps
// one layer from overruling the other.
constexpr float kModelError = 0.03F;
// A share lies between 0 and 1, so its variance is bounded.
constexpr float kLargestShareVariance = 0.1F;
// Cauchy's weight: a sample that is off by more than three standard deviations (a speck, an edge
// behind the ball) counts less.
constexpr float kPerOff = 1.0F / (3 * 3);

// 1 where the sample nearest to a point, `reach` along a direction from a circle's centre, lies at
// least `least` from it, otherwise 0. (The cast rounds towards 0, so below the first sample this is
// wrong; there is no sample either.)
inline float LiesOutside(float left, float top, float nx, float ny, float reach, float least) {
  const float x = left + 0.5F + reach * nx;
  const float y = top + 0.5F + reach * ny;
  const auto i = static_cast<std::int32_t>(x);
  const auto j = static_cast<std::int32_t>(y);
  const float dx = static_cast<float>(i) - left;
  const float dy = static_cast<float>(j) - top;
  return dx * dx + dy * dy >= least * least ? 1.0F : 0.0F;
}

}  // namespace

void RimColumns::Resize(std::size_t count) {
  for (Column* column : {&x, &y, &unlikeness, &inner, &contrast, &variance}) column->resize(count);
  sectors.resize(count);
}

void CompareWithCircle(const RimColumns& rim, const Ball& circle, double edge_blur,
                       double variance_inside, RimTerms& terms) {
  const std::size_t n = rim.size();
  for (Column* column : {&terms.nx, &terms.ny, &terms.excess, &terms.gain, &terms.weight}) {
    column->resize(n);
  }
  const auto centre_x = static_cast<float>(circle.x);
  const auto centre_y = static_cast<float>(circle.y);
  const auto radius = static_cast<float>(circle.radius);
  const auto blur = static_cast<float>(edge_blur);
  const auto inner_variance = static_cast<float>(variance_inside);
  const float *x = rim.x.data(), *y = rim.y.data(), *unlikeness = rim.unlikeness.data();
  const float *inner = rim.inner.data(), *contrast = rim.contrast.data();
  const float* variance = rim.variance.data();
  float *nx = terms.nx.data(), *ny = terms.ny.data(), *excess = terms.excess.data();
  float *gain = terms.gain.data(), *weight = terms.weight.data();
  float blur_right = 0;
  float blur_weight = 0;
#pragma omp simd reduction(+ : blur_right, blur_weight)
  for (std::size_t k = 0; k < n; ++k) {
    const float dx = x[k] - centre_x;
    const float dy = y[k] - centre_y;
    const float distance = std::max(std::sqrt(dx * dx + dy * dy), 1e-6F);
    nx[k] = dx * (1 / distance);
    ny[k] = dy * (1 / distance);
    const auto seen = BasicEdgeProfile<float>::Seen(nx[k], ny[k], blur, radius - distance);
    const float outside = 1 - seen.share;
    // Positive: more ball here than the circle says.
    excess[k] = inner[k] + outside * contrast[k] - unlikeness[k];
    gain[k] = seen.slope * contrast[k];
    weight[k] = 1 / (inner_variance + outside * outside * variance[k] +
                     kModelError * kModelError * contrast[k] * contrast[k] +
                     excess[k] * excess[k] * kPerOff);
    const float blur_gain = contrast[k] * seen.by_blur;
    blur_right += weight[k] * blur_gain * excess[k];
    blur_weight += weight[k] * blur_gain * blur_gain;
  }
  terms.blur_right = blur_right;
  terms.blur_weight = blur_weight;
}

void RimLook::Resize(std::size_t count) {
  for (Column* column : {&unlikeness, &inner, &outer, &lower, &background, &variance}) {
    column->resize(count);
  }
}

void CompareShares(const RimLook& look, const Column& depths, float predicted,
                   double variance_inside, RimShares& shares) {
  const std::size_t n = depths.size();
  shares.excess.resize(n);
  shares.variance.resize(n);
  const auto inner_variance = static_cast<float>(variance_inside);
  const float *depth = depths.data(), *unlikeness = look.unlikeness.data();
  const float *inner = look.inner.data(), *outer = look.outer.data(), *lower = look.lower.data();
  const float *background = look.background.data(), *uncertain = look.variance.data();
  const float* covered = shares.covered.data();
  float *excess = shares.excess.data(), *variance = shares.variance.data();
#pragma omp simd
  for (std::size_t k = 0; k < n; ++k) {
    // Both are read, so that nothing branches.
    const float around = background[k];
    const float mildest = lower[k];
    const float seen = depth[k] < -predicted ? mildest : around;
    const float contrast = seen - inner[k];
    const float known = contrast > 0 ? 1.0F : 0.0F;
    const float outside = (unlikeness[k] - inner[k]) / (contrast > 1e-9F ? contrast : 1e-9F);
    const float above = outside > 0 ? outside : 0;
    const float share = known * (1 - (above < 1 ? above : 1));
    excess[k] = share - covered[k];
    const float mean = outer[k] - inner[k];
    const float uncovered = 1 - covered[k];
    const float relative =
        (inner_variance + uncovered * uncovered * uncertain[k]) / (mean * mean + 1e-9F);
    variance[k] = relative < kLargestShareVariance ? relative : kLargestShareVariance;
  }
}

void RimRays::Resize(std::size_t count) {
  for (Column* column : {&nx, &ny, &reach}) column->resize(count);
  samples.resize(count);
}

void AimOutside(const Ball& circle, double at_least, RimRays& rays) {
  constexpr float kStep = 0.25F;
  const std::size_t n = rays.samples.size();
  const auto left = static_cast<float>(circle.x);
  const auto top = static_cast<float>(circle.y);
  const auto least = static_cast<float>(circle.radius + at_least);
  float *nx = rays.nx.data(), *ny = rays.ny.data(), *reach = rays.reach.data();
#pragma omp simd
  for (std::size_t k = 0; k < n; ++k) {
    const float length = std::sqrt(nx[k] * nx[k] + ny[k] * ny[k]);
    const float scale = 1 / (length > 1e-6F ? length : 1e-6F);
    nx[k] *= scale;
    ny[k] *= scale;
    const float near = LiesOutside(left, top, nx[k], ny[k], least, least);
    const float next = LiesOutside(left, top, nx[k], ny[k], least + kStep, least);
    const float last = LiesOutside(left, top, nx[k], ny[k], least + 2 * kStep, least);
    // One step more for each that does not, until one does.
    reach[k] = least + kStep * (1 - near) * (1 + (1 - next) * (1 + (1 - last)));
  }
}

}  // namespace ball::locate
