// SPDX-License-Identifier: LGPL-2.1-or-later
// The loops over columns against the same written plainly, sample by sample.
#include "plugins/balllocate/rim_columns.h"

#include <gtest/gtest.h>

#include <cmath>

#include "plugins/balllocate/edge_profile.h"
#include "plugins/balllocate/rim_equations.h"

namespace ball::locate {
namespace {

constexpr Ball kCircle{0.3, -0.2, 7.1};
constexpr double kBlur = 0.2;
constexpr double kInnerVariance = 0.5;

// Samples about the circle, from well inside to well outside, whose number is no multiple of any
// vector's length.
RimColumns Samples() {
  RimColumns rim;
  rim.Resize(97);
  for (std::size_t k = 0; k < rim.size(); ++k) {
    const double angle = 0.7 * static_cast<double>(k);
    const double radius = kCircle.radius + 0.05 * (static_cast<double>(k % 61) - 30);
    rim.x[k] = static_cast<float>(radius * std::cos(angle));
    rim.y[k] = static_cast<float>(radius * std::sin(angle));
    rim.inner[k] = 0.4F;
    rim.contrast[k] = 5.0F + static_cast<float>(k % 7);
    rim.variance[k] = 0.1F * static_cast<float>(k % 5);
    rim.unlikeness[k] = radius < kCircle.radius + 0.2 ? 0.6F : 6.0F;
    rim.sectors[k] = SectorOf(rim.x[k], rim.y[k]);
  }
  return rim;
}

// What CompareWithCircle and RimEquations do to one sample.
void AddPlainly(const RimColumns& rim, std::size_t k, RimEquations& equations, double& blur_right,
                double& blur_weight) {
  const double dx = rim.x[k] - kCircle.x;
  const double dy = rim.y[k] - kCircle.y;
  const double distance = std::hypot(dx, dy);
  const EdgeProfile profile(dx / distance, dy / distance, kBlur);
  const double depth = kCircle.radius - distance;
  if (std::abs(depth) >= profile.reach()) return;
  const auto seen = profile.At(depth);
  const double outside = 1 - seen.share;
  const double contrast = rim.contrast[k];
  const double excess = rim.inner[k] + outside * contrast - rim.unlikeness[k];
  const double variance =
      kInnerVariance + outside * outside * rim.variance[k] + 0.03 * 0.03 * contrast * contrast;
  const double weight = 1 / variance / (1 + excess * excess / variance / 9);
  equations.Add(dx / distance, dy / distance, excess, seen.slope * contrast / 2, weight,
                rim.sectors[k]);
  blur_right += weight * contrast * seen.by_blur * excess;
  blur_weight += weight * contrast * seen.by_blur * contrast * seen.by_blur;
}

TEST(RimColumnsTest, SayTheSameAsSampleBySample) {
  const RimColumns rim = Samples();
  RimEquations plain;
  double blur_right = 0;
  double blur_weight = 0;
  for (std::size_t k = 0; k < rim.size(); ++k) AddPlainly(rim, k, plain, blur_right, blur_weight);
  RimTerms terms;
  CompareWithCircle(rim, kCircle, kBlur, kInnerVariance, terms);
  RimEquations equations;
  equations.Add(terms, 2);
  equations.AddSectors(terms, rim.sectors, 2);
  const double size = plain.matrix[5];
  ASSERT_GT(size, 1);
  for (std::size_t k = 0; k < 6; ++k)
    EXPECT_NEAR(equations.matrix[k], plain.matrix[k], 1e-4 * size);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(equations.right[k], plain.right[k], 1e-4 * size);
  for (int s = 0; s < kSectors; ++s) {
    EXPECT_NEAR(equations.sector_weight[s], plain.sector_weight[s], 1e-4 * size) << s;
  }
  EXPECT_NEAR(terms.blur_right, blur_right, 1e-4 * std::abs(blur_right) + 1e-4);
  EXPECT_NEAR(terms.blur_weight, blur_weight, 1e-4 * blur_weight);
}

TEST(RimColumnsTest, SamplesThatTheEdgeDoesNotTouchSayNothing) {
  RimColumns rim = Samples();
  for (float& x : rim.x) x += 40;
  RimTerms terms;
  CompareWithCircle(rim, kCircle, kBlur, kInnerVariance, terms);
  RimEquations equations;
  equations.Add(terms, 1);
  EXPECT_EQ(equations.matrix, (std::array<double, 6>{}));
  EXPECT_EQ(terms.blur_weight, 0);
}

TEST(RimColumnsTest, NoSamplesSayNothing) {
  RimTerms terms;
  CompareWithCircle({}, kCircle, kBlur, kInnerVariance, terms);
  EXPECT_EQ(terms.size(), 0U);
  EXPECT_EQ(terms.blur_weight, 0);
}

TEST(RimSharesTest, AreWhatIsSeenLessWhatIsCovered) {
  const RimLook look{{0.5F, 2.5F, 9.0F, 0.0F, 1.0F}, {0.5F, 0.5F, 0.5F, 0.5F, 2.0F},
                     {4.5F, 4.5F, 4.5F, 4.5F, 2.0F}, {2.5F, 2.5F, 2.5F, 2.5F, 2.0F},
                     {4.5F, 4.5F, 4.5F, 4.5F, 2.0F}, {1.0F, 1.0F, 1.0F, 1.0F, 1.0F}};
  RimShares shares;
  shares.covered = {1.0F, 0.25F, 0.0F, 1.0F, 0.0F};
  CompareShares(look, {2.0F, 0.0F, -1.0F, 3.0F, 0.0F}, 1.4F, 0.16, shares);
  // Ball; half of it; less than none; more than all; no contrast, so nothing is seen.
  const Column excess{0.0F, 0.25F, 0.0F, 0.0F, 0.0F};
  for (std::size_t k = 0; k < excess.size(); ++k) EXPECT_NEAR(shares.excess[k], excess[k], 1e-6);
  EXPECT_NEAR(shares.variance[0], 0.16 / 16, 1e-6);
  EXPECT_NEAR(shares.variance[1], (0.16 + 0.75 * 0.75) / 16, 1e-6);
  EXPECT_FLOAT_EQ(shares.variance[4], 0.1F);
}

TEST(RimSharesTest, FarOutsideTheMildestBackgroundCounts) {
  const RimLook look{{2.5F}, {0.5F}, {4.5F}, {2.5F}, {4.5F}, {0.0F}};
  RimShares shares;
  shares.covered = {0.0F};
  CompareShares(look, {-2.0F}, 1.4F, 0.1, shares);
  EXPECT_NEAR(shares.excess[0], 0, 1e-6);
  CompareShares(look, {-1.0F}, 1.4F, 0.1, shares);
  EXPECT_NEAR(shares.excess[0], 0.5, 1e-6);
}

TEST(RimRaysTest, LeadToTheFirstSampleOutside) {
  constexpr Ball kInLayer{30.3, 29.6, 11.2};
  constexpr double kOutside = 1.5;
  RimRays rays;
  rays.Resize(41);
  for (std::size_t k = 0; k < rays.samples.size(); ++k) {
    rays.nx[k] = static_cast<float>(5 * std::cos(0.4 * static_cast<double>(k)));
    rays.ny[k] = static_cast<float>(5 * std::sin(0.4 * static_cast<double>(k)));
  }
  AimOutside(kInLayer, kOutside, rays);
  const double least = kInLayer.radius + kOutside;
  for (std::size_t k = 0; k < rays.samples.size(); ++k) {
    EXPECT_NEAR(std::hypot(rays.nx[k], rays.ny[k]), 1, 1e-5);
    double reach = least;
    for (; reach < least + 0.7; reach += 0.25) {
      const double x = std::floor(kInLayer.x + reach * rays.nx[k] + 0.5);
      const double y = std::floor(kInLayer.y + reach * rays.ny[k] + 0.5);
      if (std::hypot(x - kInLayer.x, y - kInLayer.y) >= least) break;
    }
    EXPECT_NEAR(rays.reach[k], reach, 1e-4) << k;
  }
}

}  // namespace
}  // namespace ball::locate
