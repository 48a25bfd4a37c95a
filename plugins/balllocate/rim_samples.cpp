// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/rim_samples.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "plugins/balllocate/annulus.h"
#include "plugins/balllocate/edge_profile.h"
#include "plugins/balllocate/sector_means.h"

namespace ball::locate {
namespace {

constexpr int kCentreLevel = 128;

// A colour as values are stored.
std::array<float, 3> Stored(const CodedColor& color, int components) {
  std::array<float, 3> stored{};
  for (int c = 0; c < components; ++c) stored[c] = static_cast<float>(color[c] - kCentreLevel);
  return stored;
}

}  // namespace

void RimSamples::Read(const Layer& layer, const Ball& circle, double half_width, double enough) {
  indices_.clear();
  const double expected = 2 * std::numbers::pi * circle.radius * 2 * half_width;
  const double stride = std::max(1.0, expected / enough);
  const double inner = std::max(0.0, circle.radius - half_width);
  const Annulus ring{circle.x, circle.y,    inner,       circle.radius + half_width,
                     stride,   layer.width, layer.height};
  ForEachPoint(ring, [&](int i, int j) { indices_.push_back({i, j}); });
  ReadValues(layer);
  Place(static_cast<float>(circle.x), static_cast<float>(circle.y));
}

void RimSamples::ReadValues(const Layer& layer) {
  const std::size_t n = indices_.size();
  components_ = layer.component_count;
  for (Column& values : values_) values.assign(n, 0);
  for (int c = 0; c < components_; ++c) {
    const Component& component = layer.components[c];
    float* values = values_[c].data();
    for (std::size_t k = 0; k < n; ++k) {
      values[k] =
          static_cast<float>(component.At(indices_[k].column, indices_[k].row) - kCentreLevel);
    }
  }
}

void RimSamples::Place(float left, float top) {
  const std::size_t n = indices_.size();
  x_.resize(n);
  y_.resize(n);
  sectors_.resize(n);
  const Index* indices = indices_.data();
  float* x = x_.data();
  float* y = y_.data();
  std::int32_t* sectors = sectors_.data();
#pragma omp simd
  for (std::size_t k = 0; k < n; ++k) {
    x[k] = static_cast<float>(indices[k].column) - left;
    y[k] = static_cast<float>(indices[k].row) - top;
    sectors[k] = SectorOf(x[k], y[k]);
  }
}

void RimSamples::DepthsIn(const Ball& circle, Column& depths) const {
  const std::size_t n = x_.size();
  depths.resize(n);
  const float* x = x_.data();
  const float* y = y_.data();
  float* depth = depths.data();
  const auto centre_x = static_cast<float>(circle.x);
  const auto centre_y = static_cast<float>(circle.y);
  const auto radius = static_cast<float>(circle.radius);
#pragma omp simd
  for (std::size_t k = 0; k < n; ++k) {
    const float dx = x[k] - centre_x;
    const float dy = y[k] - centre_y;
    depth[k] = radius - std::sqrt(dx * dx + dy * dy);
  }
}

void RimSamples::CoveredBy(const Ball& circle, double edge_blur, Column& shares) const {
  const std::size_t n = x_.size();
  shares.resize(n);
  const float* x = x_.data();
  const float* y = y_.data();
  float* share = shares.data();
  const auto centre_x = static_cast<float>(circle.x);
  const auto centre_y = static_cast<float>(circle.y);
  const auto radius = static_cast<float>(circle.radius);
  const auto blur = static_cast<float>(edge_blur);
#pragma omp simd
  for (std::size_t k = 0; k < n; ++k) {
    const float dx = x[k] - centre_x;
    const float dy = y[k] - centre_y;
    const float distance = std::max(std::sqrt(dx * dx + dy * dy), 1e-6F);
    const float per = 1 / distance;
    share[k] = BasicEdgeProfile<float>::Seen(dx * per, dy * per, blur, radius - distance).share;
  }
}

ColorSpread RimSamples::SpreadOf(const Column& chosen) const {
  const std::size_t n = x_.size();
  const float* share = chosen.data();
  const float* u = values_[0].data();
  const float* v = values_[1].data();
  const float* w = values_[2].data();
  float count = 0, sum_u = 0, sum_v = 0, sum_w = 0;
  float uu = 0, uv = 0, uw = 0, vv = 0, vw = 0, ww = 0;
#pragma omp simd reduction(+ : count, sum_u, sum_v, sum_w, uu, uv, uw, vv, vw, ww)
  for (std::size_t k = 0; k < n; ++k) {
    const float a = share[k] * u[k];
    const float b = share[k] * v[k];
    const float c = share[k] * w[k];
    count += share[k];
    sum_u += a;
    sum_v += b;
    sum_w += c;
    uu += a * u[k];
    uv += a * v[k];
    uw += a * w[k];
    vv += b * v[k];
    vw += b * w[k];
    ww += c * w[k];
  }
  if (count < 1) return {};
  const double total = count;
  const CodedColor mean{sum_u / total, sum_v / total, sum_w / total};
  ColorSpread spread{static_cast<int>(count),
                     mean,
                     {uu / total - mean[0] * mean[0], uv / total - mean[0] * mean[1],
                      uw / total - mean[0] * mean[2], vv / total - mean[1] * mean[1],
                      vw / total - mean[1] * mean[2], ww / total - mean[2] * mean[2]}};
  for (int c = 0; c < components_; ++c) spread.mean[c] += kCentreLevel;
  return spread;
}

void RimSamples::SquaresFrom(const CodedColor& color, Column& squares) const {
  const std::size_t n = x_.size();
  squares.resize(n);
  const std::array<float, 3> stored = Stored(color, components_);
  const float a = stored[0], b = stored[1], c = stored[2];
  const float* u = values_[0].data();
  const float* v = values_[1].data();
  const float* w = values_[2].data();
  float* square = squares.data();
#pragma omp simd
  for (std::size_t k = 0; k < n; ++k) {
    square[k] = (u[k] - a) * (u[k] - a) + (v[k] - b) * (v[k] - b) + (w[k] - c) * (w[k] - c);
  }
}

void RimSamples::LengthsFrom(const CodedColor& color, const ColorMetric& metric,
                             Column& lengths) const {
  const std::size_t n = x_.size();
  lengths.resize(n);
  const std::array<float, 3> stored = Stored(color, components_);
  const float a = stored[0], b = stored[1], c = stored[2];
  const float* u = values_[0].data();
  const float* v = values_[1].data();
  const float* w = values_[2].data();
  float* length = lengths.data();
#pragma omp simd
  for (std::size_t k = 0; k < n; ++k) length[k] = metric.Length(u[k] - a, v[k] - b, w[k] - c);
}

void ChooseInside(const Column& depths, float guard, Column& chosen) {
  const std::size_t n = depths.size();
  chosen.resize(n);
  const float* depth = depths.data();
  float* choice = chosen.data();
#pragma omp simd
  for (std::size_t k = 0; k < n; ++k) choice[k] = depth[k] >= guard ? 1.0F : 0.0F;
}

void ChooseOutside(const Column& depths, float guard, const Column& squares, float least,
                   Column& chosen) {
  const std::size_t n = depths.size();
  chosen.resize(n);
  const float* depth = depths.data();
  const float* square = squares.data();
  float* choice = chosen.data();
#pragma omp simd
  for (std::size_t k = 0; k < n; ++k) {
    const float far = depth[k] <= -guard ? 1.0F : 0.0F;
    choice[k] = square[k] > least ? far : 0.0F;
  }
}

}  // namespace ball::locate
