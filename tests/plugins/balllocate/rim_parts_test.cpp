// SPDX-License-Identifier: LGPL-2.1-or-later
// What the fit of the rim is made of: annulus, directions, edge profile, sector means.
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <utility>

#include "plugins/balllocate/annulus.h"
#include "plugins/balllocate/directions.h"
#include "plugins/balllocate/edge_profile.h"
#include "plugins/balllocate/sector_means.h"

namespace ball::locate {
namespace {

std::set<std::pair<int, int>> PointsOf(const Annulus& ring) {
  std::set<std::pair<int, int>> points;
  ForEachPoint(ring, [&](int i, int j) { points.insert({i, j}); });
  return points;
}

TEST(AnnulusTest, HasEveryPointBetweenTheCircles) {
  const Annulus ring{20.3, 15.7, 6.2, 11.4, 1, 60, 40};
  const auto points = PointsOf(ring);
  for (int j = 0; j < ring.height; ++j) {
    for (int i = 0; i < ring.width; ++i) {
      const double distance = std::hypot(i - ring.x, j - ring.y);
      const bool inside = distance >= ring.inner && distance <= ring.outer;
      EXPECT_EQ(points.count({i, j}) == 1, inside) << i << "," << j;
    }
  }
}

TEST(AnnulusTest, StaysInThePicture) {
  for (const auto& [i, j] : PointsOf({1.2, 8.9, 3, 9, 1, 7, 10})) {
    EXPECT_TRUE(i >= 0 && i < 7 && j >= 0 && j < 10);
  }
  EXPECT_TRUE(PointsOf({-50, -50, 3, 9, 1, 7, 10}).empty());
}

TEST(AnnulusTest, StrideTakesWholeLinesAcrossTheRim) {
  const Annulus all{100, 100, 80, 90, 1, 200, 200};
  Annulus some = all;
  some.stride = 5;
  const double share =
      static_cast<double>(PointsOf(some).size()) / static_cast<double>(PointsOf(all).size());
  EXPECT_NEAR(share, 0.2, 0.02);
  const auto points = PointsOf(some);
  for (int i = 180; i <= 190; ++i) EXPECT_EQ(points.count({i, 100}), 1U);
}

TEST(AnnulusTest, StrideNeedNotBeWhole) {
  const Annulus all{100, 100, 80, 90, 1, 200, 200};
  for (const double stride : {1.3, 1.5, 2.7}) {
    Annulus some = all;
    some.stride = stride;
    const double share =
        static_cast<double>(PointsOf(some).size()) / static_cast<double>(PointsOf(all).size());
    EXPECT_NEAR(share, 1 / stride, 0.03);
  }
}

TEST(AnnulusTest, TakesTheSameLinesOnBothSides) {
  for (const double stride : {1.0, 1.3, 2.0, 2.7, 5.0}) {
    EXPECT_TRUE(IsTaken(0, 1 / stride));
    for (int off = 1; off < 50; ++off) {
      EXPECT_EQ(IsTaken(off, 1 / stride), IsTaken(-off, 1 / stride));
    }
  }
}

TEST(DirectionsTest, AreUnitVectorsAllRound) {
  const auto directions = DirectionsRound(36);
  ASSERT_EQ(directions.size(), 36U);
  Direction sum;
  for (const Direction& way : directions) {
    EXPECT_NEAR(std::hypot(way.x, way.y), 1, 1e-12);
    EXPECT_GT(std::abs(way.x * way.y), 1e-3);
    sum = {sum.x + way.x, sum.y + way.y};
  }
  EXPECT_NEAR(std::hypot(sum.x, sum.y), 0, 1e-9);
}

// Share of a square pixel inside the half-plane nx * x + ny * y < t, by counting.
double CountedShare(double nx, double ny, double t) {
  constexpr int kFine = 400;
  int inside = 0;
  for (int k = 0; k < kFine * kFine; ++k) {
    const int row = k / kFine;
    const double x = (k % kFine + 0.5) / kFine - 0.5;
    const double y = (row + 0.5) / kFine - 0.5;
    if (nx * x + ny * y < t) ++inside;
  }
  return static_cast<double>(inside) / (kFine * kFine);
}

TEST(EdgeProfileTest, IsTheAreaOfASquarePixel) {
  for (const double angle : {0.0, 0.3, 0.785, 2.0}) {
    for (const double t : {-0.6, -0.3, 0.0, 0.2, 0.55}) {
      const EdgeProfile profile(std::cos(angle), std::sin(angle), 0);
      EXPECT_NEAR(profile.At(t).share, CountedShare(std::cos(angle), std::sin(angle), t), 0.004);
    }
  }
}

TEST(EdgeProfileTest, SlopeIsTheDerivative) {
  const EdgeProfile profile(0.8, 0.6, 0.2);
  for (double t = -1.4; t < 1.4; t += 0.1) {
    const double numeric = (profile.At(t + 1e-5).share - profile.At(t - 1e-5).share) / 2e-5;
    EXPECT_NEAR(profile.At(t).slope, numeric, 1e-3) << t;
  }
}

TEST(EdgeProfileTest, BlurWidensTheEdgeByItsVariance) {
  for (const double blur : {0.0, 1.0 / 12, 0.5, 1.5}) {
    const EdgeProfile profile(1, 0, blur);
    double variance = 0;
    for (double t = -5; t < 5; t += 0.001) variance += 0.001 * t * t * profile.At(t).slope;
    EXPECT_NEAR(variance, 1.0 / 12 + blur, 0.002);
  }
}

TEST(EdgeProfileTest, NothingIsSeenBeyondItsReach) {
  for (const double blur : {0.0, 0.4, 1.5}) {
    for (const double angle : {0.0, 0.4, 0.785}) {
      const EdgeProfile profile(std::cos(angle), std::sin(angle), blur);
      EXPECT_LE(profile.reach(), EdgeProfile::LargestReach(blur) + 1e-9);
      EXPECT_EQ(profile.At(profile.reach()).share, 1.0);
      EXPECT_EQ(profile.At(-profile.reach()).share, 0.0);
      EXPECT_EQ(profile.At(profile.reach()).slope, 0.0);
    }
  }
}

TEST(EdgeProfileTest, MoreBlurMeansLessInsideAndMoreOutside) {
  const EdgeProfile profile(0.8, 0.6, 0.1);
  EXPECT_LT(profile.At(0.7).by_blur, 0);
  EXPECT_GT(profile.At(-0.7).by_blur, 0);
}

TEST(SectorOfTest, SixteenEqualSectors) {
  std::array<int, kSectors> hits{};
  for (const Direction& way : DirectionsRound(1600)) ++hits[SectorOf(way.x, way.y)];
  for (const int count : hits) EXPECT_EQ(count, 100);
  EXPECT_GE(SectorOf(0, 0), 0);
  EXPECT_LT(SectorOf(0, 0), kSectors);
}

TEST(SectorMeansTest, KeepsRealDifferences) {
  SectorMeans means;
  for (int s = 0; s < kSectors; ++s) {
    for (const double noise : {-0.1, 0.0, 0.1}) means.Add(s, 10 * s + noise);
  }
  for (int s = 0; s < kSectors; ++s) EXPECT_NEAR(means.Means()[s], 10 * s, 0.05);
}

TEST(SectorMeansTest, DrawsDifferencesByChanceTogether) {
  SectorMeans means;
  for (int s = 0; s < kSectors; ++s) {
    means.Add(s, s % 2 == 0 ? 9 : 11);
    means.Add(s, s % 2 == 0 ? 13 : 7);
    means.Add(s, 10 + 0.1 * (s % 3));
  }
  for (const double mean : means.Means()) EXPECT_NEAR(mean, 10.05, 0.1);
}

TEST(SectorMeansTest, EmptySectorGetsTheMeanOfAll) {
  SectorMeans means;
  means.Add(3, 4);
  means.Add(5, 8);
  EXPECT_TRUE(means.Holds(3));
  EXPECT_FALSE(means.Holds(4));
  EXPECT_DOUBLE_EQ(means.Means()[4], 6);
}

TEST(SectorMeansTest, PooledVarianceIsWithinSectors) {
  SectorMeans means;
  for (const int s : {0, 1}) {
    means.Add(s, 100 * s - 2);
    means.Add(s, 100 * s + 2);
  }
  EXPECT_DOUBLE_EQ(means.PooledVariance(), 4);
  EXPECT_EQ(SectorMeans().PooledVariance(), 0);
}

}  // namespace
}  // namespace ball::locate
