// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cmath>

namespace ball::locate {

// A circle is looked at in sixteen equal sectors.
inline constexpr int kSectors = 16;

// The sector that a direction lies in; (0, 0) counts as the first. Nothing branches.
template <typename Real>
int SectorOf(Real x, Real y) {
  constexpr auto kTanOf22_5 = static_cast<Real>(0.41421356237309503);
  const Real ax = std::abs(x);
  const Real ay = std::abs(y);
  const bool steep = ay > ax;
  const Real longer = steep ? ay : ax;
  const Real shorter = steep ? ax : ay;
  return (x < 0 ? 8 : 0) + (y < 0 ? 4 : 0) + (steep ? 2 : 0) +
         (shorter > kTanOf22_5 * longer ? 1 : 0);
}

// Collects values by sector, for their means and the variance about them.
class SectorMeans {
 public:
  void Add(int sector, double value) {
    count_[sector] += 1;
    sum_[sector] += value;
    squares_[sector] += value * value;
  }

  bool Holds(int sector) const { return count_[sector] > 0; }
  // Variance of the values about their own sector's mean.
  double PooledVariance() const;
  // The sectors' means, each drawn towards the mean of all as far as the differences between them
  // can be explained by chance (C. Stein, 1956): noise looks the same in every sector. A sector
  // without values gets the mean of all.
  std::array<double, kSectors> Means() const;

 private:
  std::array<double, kSectors> RawMeans() const;

  std::array<double, kSectors> count_{};
  std::array<double, kSectors> sum_{};
  std::array<double, kSectors> squares_{};
};

}  // namespace ball::locate
