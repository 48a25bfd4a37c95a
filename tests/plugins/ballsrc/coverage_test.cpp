// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/coverage.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ball {
namespace {

SampledArea Area(int width, int height) {
  return {width, height, -0.5, -0.5, width - 0.5, height - 0.5};
}

// All rows of a disc, as one number a sample.
struct Drawn {
  int width;
  std::vector<double> samples;

  double At(int x, int y) const { return samples[y * width + x]; }
};

void Store(const CoverageRun& run, double* row) {
  for (size_t i = 0; i < run.coverage.size(); ++i) row[run.first + i] = run.coverage[i];
}

Drawn Draw(DiscCoverage& coverage, const Disc& disc, const SampledArea& area) {
  Drawn drawn{area.width, std::vector<double>(static_cast<size_t>(area.width) * area.height)};
  coverage.Start(disc, area);
  while (const auto row = coverage.Next()) {
    double* samples = drawn.samples.data() + static_cast<ptrdiff_t>(row->y) * area.width;
    Store(row->left, samples);
    for (int i = 0; i < row->solid_count; ++i) samples[row->solid_first + i] = 1;
    Store(row->right, samples);
  }
  return drawn;
}

Drawn Draw(const Disc& disc, const SampledArea& area) {
  DiscCoverage coverage;
  return Draw(coverage, disc, area);
}

struct Sum {
  double area = 0, x = 0, y = 0;
};

Sum SumOf(const Drawn& drawn) {
  Sum sum;
  int x = 0;
  int y = 0;
  for (const double part : drawn.samples) {
    sum.area += part;
    sum.x += part * x;
    sum.y += part * y;
    if (++x < drawn.width) continue;
    x = 0;
    ++y;
  }
  return {sum.area, sum.x / sum.area, sum.y / sum.area};
}

// What sample (x, y) sees of a disc by definition: the hat over the disc, summed over many points.
double HatOverDisc(const Disc& disc, int x, int y) {
  constexpr int kPoints = 40;
  double sum = 0;
  for (int i = 0; i < 2 * kPoints; ++i) {
    const double u = (i + 0.5) / kPoints - 1;
    for (int j = 0; j < 2 * kPoints; ++j) {
      const double v = (j + 0.5) / kPoints - 1;
      if (std::hypot(x + u - disc.x, y + v - disc.y) < disc.radius) {
        sum += (1 - std::abs(u)) * (1 - std::abs(v));
      }
    }
  }
  return sum / (kPoints * kPoints);
}

class CoverageRadiusTest : public testing::TestWithParam<double> {};

TEST_P(CoverageRadiusTest, CentroidIsTheCentreAtEveryFraction) {
  const double radius = GetParam();
  const int size = static_cast<int>(2 * radius) + 8;
  for (double part = 0; part < 1; part += 0.13) {
    const Disc disc{size / 2.0 - 0.5 + part, size / 2.0 + 0.3 * part, radius};
    const Sum sum = SumOf(Draw(disc, Area(size, size)));
    EXPECT_NEAR(sum.x, disc.x, 1e-5) << part;
    EXPECT_NEAR(sum.y, disc.y, 0.003) << part;
  }
}

TEST_P(CoverageRadiusTest, AreaIsTheDiscs) {
  const double radius = GetParam();
  const int size = static_cast<int>(2 * radius) + 8;
  const Sum sum = SumOf(Draw({size / 2.0 + 0.21, size / 2.0 - 0.37, radius}, Area(size, size)));
  EXPECT_NEAR(sum.area / (M_PI * radius * radius), 1, 0.015 / radius);
}

INSTANTIATE_TEST_SUITE_P(Radii, CoverageRadiusTest,
                         testing::Values(1.0, 1.5, 2.0, 3.3, 6.0, 10.0, 20.0, 47.9, 200.0));

TEST(CoverageTest, EachSampleSeesItsHat) {
  const Disc disc{7.3, 6.8, 4.2};
  const Drawn drawn = Draw(disc, Area(15, 15));
  for (int y = 0; y < 15; ++y) {
    for (int x = 0; x < 15; ++x) ASSERT_NEAR(drawn.At(x, y), HatOverDisc(disc, x, y), 0.012);
  }
}

TEST(CoverageTest, InsideIsSolidAndOutsideUntouched) {
  const Drawn drawn = Draw({30.4, 30.7, 20}, Area(61, 61));
  for (int y = 0; y < 61; ++y) {
    for (int x = 0; x < 61; ++x) {
      const double away = std::hypot(x - 30.4, y - 30.7);
      if (away < 20 - 1.5) {
        ASSERT_NEAR(drawn.At(x, y), 1, 1e-5) << x << " " << y;
      }
      if (away > 20 + 1.5) {
        ASSERT_LT(drawn.At(x, y), 1e-5) << x << " " << y;
      }
    }
  }
}

TEST(CoverageTest, MostOfALargeDiscIsReportedAsSolid) {
  DiscCoverage coverage;
  coverage.Start({110, 110, 100}, Area(220, 220));
  double solid = 0;
  while (const auto row = coverage.Next()) solid += row->solid_count;
  EXPECT_GT(solid / (M_PI * 100 * 100), 0.9);
}

TEST(CoverageTest, IsSymmetric) {
  const Drawn drawn = Draw({20, 20, 9.6}, Area(41, 41));
  for (int y = 0; y < 41; ++y) {
    for (int x = 0; x < 41; ++x) {
      ASSERT_NEAR(drawn.At(x, y), drawn.At(40 - x, y), 1e-5);
      ASSERT_NEAR(drawn.At(x, y), drawn.At(x, 40 - y), 1e-5);
    }
  }
}

TEST(CoverageTest, ReuseLeavesNothingOfTheDiscBefore) {
  DiscCoverage reused;
  const Disc discs[] = {{20, 20, 15}, {30.5, 9.25, 6}, {2, 2, 30}, {20, 20, 3}, {-50, 0, 4}};
  for (const Disc& disc : discs) {
    EXPECT_EQ(Draw(reused, disc, Area(41, 37)).samples, Draw(disc, Area(41, 37)).samples);
  }
}

TEST(CoverageTest, AbandonedDiscLeavesNothingBehind) {
  DiscCoverage reused;
  reused.Start({20, 20, 15}, Area(41, 37));
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(reused.Next());
  EXPECT_EQ(Draw(reused, {18, 17, 5}, Area(41, 37)).samples,
            Draw({18, 17, 5}, Area(41, 37)).samples);
}

TEST(CoverageTest, DiscThatCoversTheAreaIsSolidUpToTheBorder) {
  for (const double value : Draw({5, 4, 40}, Area(11, 9)).samples) EXPECT_NEAR(value, 1, 1e-5);
}

TEST(CoverageTest, CutDiscIsTheSameAsThePartOfTheWholeOne) {
  const Drawn whole = Draw({20.3, 20.6, 12}, Area(41, 41));
  const Drawn cut = Draw({20.3 - 15, 20.6 - 15, 12}, Area(20, 20));
  for (int y = 2; y < 20; ++y) {
    for (int x = 2; x < 20; ++x) ASSERT_NEAR(cut.At(x, y), whole.At(x + 15, y + 15), 0.01);
  }
}

TEST(CoverageTest, DiscThatTouchesTheBorderLosesNothing) {
  const Disc corners[] = {{5.5, 5.5, 6}, {24.5, 5.5, 6}, {5.5, 24.5, 6}, {24.5, 24.5, 6}};
  for (const Disc& disc : corners) {
    const Sum sum = SumOf(Draw(disc, Area(31, 31)));
    EXPECT_NEAR(sum.area, M_PI * 36, 0.1);
    EXPECT_NEAR(sum.x, disc.x, 0.01);
    EXPECT_NEAR(sum.y, disc.y, 0.01);
  }
}

TEST(CoverageTest, LightBeyondTheLastSampleCountsForIt) {
  // As cosited chroma: the picture ends 0.75 samples after the last site.
  SampledArea area = Area(10, 10);
  area.right = 9.75;
  const Drawn drawn = Draw({9.75, 5, 2}, area);
  EXPECT_GT(drawn.At(9, 5), 0.99);
}

TEST(CoverageTest, DiscOutsideHasNoRows) {
  DiscCoverage coverage;
  const Disc discs[] = {{-10, 5, 4}, {50, 5, 4}, {5, -10, 4}, {5, 50, 4}, {1e12, -1e12, 4}};
  for (const Disc& disc : discs) {
    coverage.Start(disc, Area(20, 20));
    EXPECT_FALSE(coverage.Next());
    EXPECT_TRUE(BoundsOf(disc, Area(20, 20)).Empty());
  }
}

TEST(CoverageTest, RowsLieWithinTheBounds) {
  const Disc disc{9.2, 11.4, 5.7};
  const SampleRect bounds = BoundsOf(disc, Area(40, 40));
  DiscCoverage coverage;
  coverage.Start(disc, Area(40, 40));
  int rows = 0;
  while (const auto row = coverage.Next()) {
    EXPECT_EQ(row->y, bounds.top + rows++);
    EXPECT_GE(row->left.first, bounds.left);
    const CoverageRun& last = row->right.coverage.empty() ? row->left : row->right;
    EXPECT_LE(last.first + static_cast<int>(last.coverage.size()), bounds.right);
  }
  EXPECT_EQ(rows, bounds.bottom - bounds.top);
}

TEST(CoverageTest, AreaOfASingleSampleWorks) {
  EXPECT_NEAR(Draw({0, 0, 5}, Area(1, 1)).At(0, 0), 1, 1e-6);
  EXPECT_NEAR(Draw({0, 0, 0.25}, Area(1, 1)).At(0, 0), M_PI / 16, 0.05);
}

}  // namespace
}  // namespace ball
