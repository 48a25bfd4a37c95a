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
