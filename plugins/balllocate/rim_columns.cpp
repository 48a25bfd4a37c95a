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
// Cauchy's weight: a sample that is off by more than three standard deviations (a speck, an edge
// behind the ball) counts less.
constexpr float kPerOff = 1.0F / (3 * 3);

}  // namespace

void RimColumns::Resize(std::size_t count) {
  for (Column* column : {&x, &y, &unlikeness, &inner, &contrast, &variance}) column->resize(count);
  sectors.resize(count);
}

void CompareWithCircle(const RimColumns& rim, const Ball& circle, double picture_blur,
                       double variance_inside, RimTerms& terms) {
  const std::size_t n = rim.size();
  for (Column* column : {&terms.nx, &terms.ny, &terms.excess, &terms.gain, &terms.weight}) {
    column->resize(n);
  }
  const auto centre_x = static_cast<float>(circle.x);
  const auto centre_y = static_cast<float>(circle.y);
  const auto radius = static_cast<float>(circle.radius);
  const auto blur = static_cast<float>(picture_blur);
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

}  // namespace ball::locate
