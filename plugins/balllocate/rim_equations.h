// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

#include "plugins/balllocate/rim_columns.h"
#include "plugins/balllocate/sector_means.h"

namespace ball::locate {

// The least-squares problem whose solution moves and grows a circle: normal equations in x, y and
// radius (pixels of the picture), and what each sector knows of the radius.
struct RimEquations {
  std::array<double, 6> matrix{};  // xx, xy, xr, yy, yr, rr
  std::array<double, 3> right{};
  std::array<double, kSectors> sector_weight{};

  // Adds one sample: `excess` more ball was seen than the circle says, `gain` is how much the rim's
  // moving out by a pixel in direction (nx, ny) would change that, `weight` the inverse of its
  // variance.
  void Add(double nx, double ny, double excess, double gain, double weight, int sector);
  // Adds samples of a layer whose samples are `scale` pixels apart, but not what sectors know.
  void Add(const RimTerms& terms, int scale);
  // Adds what sectors know.
  void AddSectors(const RimTerms& terms, const std::vector<std::int32_t>& sectors, int scale);
};

// How far the rim lies outside a circle in each sector, pixels of the picture, and the inverse of
// the variance of that number that the background's own variation explains; 0 where nothing is
// known.
struct SectorOffsets {
  std::array<double, kSectors> offset{};
  std::array<double, kSectors> weight{};

  // Takes in another layer's.
  void Merge(const SectorOffsets& other);
  // Mean square of the offsets beyond what chance explains, and what chance explains.
  struct Spread {
    double excess = 0;
    double chance = 0;
  };
  Spread MeanSquare() const;
};

}  // namespace ball::locate
