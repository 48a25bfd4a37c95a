// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/rim_equations.h"

#include <algorithm>

namespace ball::locate {
namespace {

// Sectors whose offsets are known better than this (pixels) weigh the same.
constexpr double kRoughnessStep = 0.1;

}  // namespace

void RimEquations::Add(double nx, double ny, double excess, double gain, double weight,
                       int sector) {
  const double wgg = weight * gain * gain;
  const double wge = weight * gain * excess;
  matrix[0] += wgg * nx * nx;
  matrix[1] += wgg * nx * ny;
  matrix[2] += wgg * nx;
  matrix[3] += wgg * ny * ny;
  matrix[4] += wgg * ny;
  matrix[5] += wgg;
  right[0] += wge * nx;
  right[1] += wge * ny;
  right[2] += wge;
  sector_weight[sector] += wgg;
}

void RimEquations::Add(const RimTerms& terms, int scale) {
  const std::size_t n = terms.size();
  const float *nx = terms.nx.data(), *ny = terms.ny.data(), *excess = terms.excess.data();
  const float *gain = terms.gain.data(), *weight = terms.weight.data();
  float xx = 0, xy = 0, xr = 0, yy = 0, yr = 0, rr = 0;
  float x = 0, y = 0, r = 0;
#pragma omp simd reduction(+ : xx, xy, xr, yy, yr, rr, x, y, r)
  for (std::size_t k = 0; k < n; ++k) {
    const float wg = weight[k] * gain[k];
    const float wgg = wg * gain[k];
    const float wge = wg * excess[k];
    xx += wgg * nx[k] * nx[k];
    xy += wgg * nx[k] * ny[k];
    xr += wgg * nx[k];
    yy += wgg * ny[k] * ny[k];
    yr += wgg * ny[k];
    rr += wgg;
    x += wge * nx[k];
    y += wge * ny[k];
    r += wge;
  }
  const double per_pixel = 1.0 / scale;
  const std::array<float, 6> squares{xx, xy, xr, yy, yr, rr};
  for (std::size_t k = 0; k < 6; ++k) matrix[k] += per_pixel * per_pixel * squares[k];
  const std::array<float, 3> products{x, y, r};
  for (std::size_t k = 0; k < 3; ++k) right[k] += per_pixel * products[k];
}

void RimEquations::AddSectors(const RimTerms& terms, const std::vector<std::int32_t>& sectors,
                              int scale) {
  std::array<float, kSectors> sums{};
  for (std::size_t k = 0; k < terms.size(); ++k) {
    sums[sectors[k]] += terms.weight[k] * terms.gain[k] * terms.gain[k];
  }
  for (int s = 0; s < kSectors; ++s) sector_weight[s] += sums[s] / (1.0 * scale * scale);
}

void SectorOffsets::Merge(const SectorOffsets& other) {
  for (int s = 0; s < kSectors; ++s) {
    const double sum = weight[s] + other.weight[s];
    if (sum <= 0) continue;
    offset[s] = (offset[s] * weight[s] + other.offset[s] * other.weight[s]) / sum;
    weight[s] = sum;
  }
}

SectorOffsets::Spread SectorOffsets::MeanSquare() const {
  Spread spread;
  double total = 0;
  double mean = 0;
  const auto trust_in = [](double w) { return 1 / (1 / w + kRoughnessStep * kRoughnessStep); };
  for (int s = 0; s < kSectors; ++s) {
    if (weight[s] <= 0) continue;
    total += trust_in(weight[s]);
    mean += trust_in(weight[s]) * offset[s];
  }
  if (total <= 0) return {};
  // What all sectors share is no roughness.
  mean /= total;
  for (int s = 0; s < kSectors; ++s) {
    if (weight[s] <= 0) continue;
    const double share = trust_in(weight[s]) / total;
    const double off = offset[s] - mean;
    spread.excess += share * (off * off - 1 / weight[s]);
    spread.chance += share / weight[s];
  }
  spread.excess = std::max(0.0, spread.excess);
  return spread;
}

}  // namespace ball::locate
