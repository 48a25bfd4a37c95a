// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/sector_means.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ball::locate {

double SectorMeans::RawMean(int sector) const {
  return sum_[sector] / std::max(count_[sector], 1.0);
}

double SectorMeans::PooledVariance() const {
  double total = 0;
  double deviation = 0;
  for (int s = 0; s < kSectors; ++s) {
    total += count_[s];
    deviation += squares_[s] - count_[s] * RawMean(s) * RawMean(s);
  }
  return std::max(0.0, deviation) / std::max(total, 1.0);
}

std::array<double, kSectors> SectorMeans::Means() const {
  const double total = std::accumulate(count_.begin(), count_.end(), 0.0);
  const double mean = std::accumulate(sum_.begin(), sum_.end(), 0.0) / std::max(total, 1.0);
  double between = 0;
  int seen = 0;
  for (int s = 0; s < kSectors; ++s) {
    if (Holds(s)) ++seen;
    between += count_[s] * (RawMean(s) - mean) * (RawMean(s) - mean);
  }
  const double chance = PooledVariance() * seen;
  const double keep = between > chance ? 1 - chance / between : 0.0;
  std::array<double, kSectors> means{};
  for (int s = 0; s < kSectors; ++s) {
    means[s] = Holds(s) ? mean + keep * (RawMean(s) - mean) : mean;
  }
  return means;
}

}  // namespace ball::locate
