// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/rim_equations.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ball::locate {
namespace {

TEST(RimEquationsTest, SumsWhatSamplesSay) {
  RimEquations equations;
  equations.Add(0.6, 0.8, 2, 3, 10, 5);
  equations.Add(1, 0, -1, 1, 1, 5);
  const std::array<double, 6> matrix{32.4 + 1, 43.2, 54 + 1, 57.6, 72, 90 + 1};
  const std::array<double, 3> right{36 - 1, 48, 60 - 1};
  for (std::size_t k = 0; k < matrix.size(); ++k) EXPECT_NEAR(equations.matrix[k], matrix[k], 1e-9);
  for (std::size_t k = 0; k < right.size(); ++k) EXPECT_NEAR(equations.right[k], right[k], 1e-9);
  EXPECT_DOUBLE_EQ(equations.sector_weight[5], 91);
  EXPECT_EQ(equations.sector_weight[4], 0);
}

SectorOffsets AllAt(double weight) {
  SectorOffsets offsets;
  offsets.weight.fill(weight);
  return offsets;
}

TEST(SectorOffsetsTest, MergeWeighsBoth) {
  SectorOffsets one;
  one.offset[2] = 1;
  one.weight[2] = 3;
  SectorOffsets other;
  other.offset[2] = 5;
  other.weight[2] = 1;
  one.Merge(other);
  EXPECT_DOUBLE_EQ(one.offset[2], 2);
  EXPECT_DOUBLE_EQ(one.weight[2], 4);
  EXPECT_EQ(one.weight[3], 0);
}

TEST(SectorOffsetsTest, RoughnessIsWhatChanceDoesNotExplain) {
  SectorOffsets offsets = AllAt(100);
  for (int s = 0; s < kSectors; ++s) offsets.offset[s] = s % 2 == 0 ? 0.5 : -0.5;
  EXPECT_NEAR(offsets.MeanSquare().excess, 0.24, 1e-9);
  EXPECT_NEAR(offsets.MeanSquare().chance, 0.01, 1e-9);
  offsets.weight.fill(1);
  EXPECT_EQ(offsets.MeanSquare().excess, 0);
  EXPECT_NEAR(offsets.MeanSquare().chance, 1, 1e-9);
}

TEST(SectorOffsetsTest, WhatAllSectorsShareIsNoRoughness) {
  SectorOffsets offsets = AllAt(1e6);
  offsets.offset.fill(0.7);
  EXPECT_NEAR(offsets.MeanSquare().excess, 0, 1e-9);
}

TEST(SectorOffsetsTest, UnknownSectorsDoNotCount) {
  SectorOffsets offsets;
  EXPECT_EQ(offsets.MeanSquare().excess, 0);
  EXPECT_EQ(offsets.MeanSquare().chance, 0);
  offsets.offset.fill(9);
  offsets.offset[1] = 0.2;
  offsets.weight[1] = 1e6;
  EXPECT_NEAR(offsets.MeanSquare().excess, 0, 1e-6);
}

}  // namespace
}  // namespace ball::locate
