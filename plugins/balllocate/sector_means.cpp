// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/sector_means.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ball::locate {

std::array<double, kSectors> SectorMeans::RawMeans() const {
  std::array<double, kSectors> means{};
  for (int s = 0; s < kSectors; ++s) means[s] = Holds(s) ? sum_[s] / count_[s] : 0.0;
  return means;
}

double SectorMeans::PooledVariance() const {
  const auto raw = RawMeans();
  double total = 0;
  double deviation = 0;
  for (int s = 0; s < kSectors; ++s) {
    total += count_[s];
    deviation += squares_[s] - sum_[s] * raw[s];
  }
  return std::max(0.0, deviation) / std::max(total, 1.0);
}

std::array<double, kSectors> SectorMeans::Means() const {
  const auto raw = RawMeans();
  const double total = std::accumulate(count_.begin(), count_.end(), 0.0);
  const double mean = std::accumulate(sum_.begin(), sum_.end(), 0.0) / std::max(total, 1.0);
  double between = 0;
  int seen = 0;
  for (int s = 0; s < kSectors; ++s) {
    if (Holds(s)) ++seen;
    between += count_[s] * (raw[s] - mean) * (raw[s] - mean);
  }
  const double chance = PooledVariance() * seen;
  const double keep = between > chance ? 1 - chance / between : 0.0;
  std::array<double, kSectors> means{};
  for (int s = 0; s < kSectors; ++s) means[s] = Holds(s) ? mean + keep * (raw[s] - mean) : mean;
  return means;
}

}  // namespace ball::locate
