// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/regions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/plugins/balllocate/test_picture.h"

namespace ball::locate {
namespace {

using test::CodedFrame;
using test::TestPicture;

constexpr int kSize = 64;
const Window kWhole{0, 0, kSize, kSize};

ColorMatcher OrangeIn(const CodedFrame& frame) {
  return {LayersOf(frame.view()), ColorInFrame(0xffff8000, frame.view()), 25};
}

TEST(GridForTest, HasASampleInEveryDiscOfItsRadius) {
  for (const double radius : {1.0, 2.3, 3.6, 7.0, 20.5}) {
    const SampleGrid grid = GridFor(radius);
    // Radius of the largest empty circle between staggered rows.
    const double a = grid.step_x;
    const double h = grid.step_y;
    EXPECT_LE((h * h + a * a / 4) / (2 * h), radius + 1e-9) << radius;
  }
}

TEST(GridForTest, NeverStepsByZero) {
  for (const double radius : {-5.0, 0.0, 0.3, 1.0}) {
    EXPECT_GE(GridFor(radius).step_x, 1) << radius;
    EXPECT_GE(GridFor(radius).step_y, 1) << radius;
  }
}

TEST(DisjointSetsTest, UnitesAndFindsTheSmallestNode) {
  DisjointSets sets;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(sets.Add(), i);
  sets.Unite(4, 2);
  sets.Unite(2, 1);
  EXPECT_EQ(sets.Find(4), 1);
  EXPECT_EQ(sets.Find(3), 3);
  sets.Clear();
  EXPECT_EQ(sets.Add(), 0);
}

TEST(RegionSearchTest, FindsDiscWhereItIs) {
  TestPicture picture(kSize, kSize, test::Solid(test::kBlack));
  picture.DrawDisc({40, 25, 12}, test::kOrange);
  const CodedFrame frame(picture, PixelFormat::kI420);
  RegionSearch search;
  const auto& regions = search.OfColor(OrangeIn(frame), GridFor(3), kWhole);
  ASSERT_EQ(regions.size(), 1U);
  EXPECT_NEAR(regions[0].center_x(), 40, 1.5);
  EXPECT_NEAR(regions[0].center_y(), 25, 1.5);
  EXPECT_NEAR(regions[0].bounds.width(), 22, 4);
}

TEST(RegionSearchTest, MissesNoDiscOfTheGridsRadius) {
  RegionSearch search;
  for (int k = 0; k < 60; ++k) {
    TestPicture picture(32, 32, test::Solid(test::kBlack));
    picture.DrawDisc({6 + 0.37 * (k % 10), 7 + 0.071 * k, 4.8}, test::kOrange);
    const CodedFrame frame(picture, PixelFormat::kBgr);
    EXPECT_FALSE(search.OfColor(OrangeIn(frame), GridFor(4), {0, 0, 32, 32}).empty()) << k;
  }
}

TEST(RegionSearchTest, KeepsSeparateDiscsApart) {
  TestPicture picture(kSize, kSize, test::Solid(test::kBlack));
  picture.DrawDisc({15, 15, 8}, test::kOrange);
  picture.DrawDisc({45, 45, 8}, test::kOrange);
  const CodedFrame frame(picture, PixelFormat::kI420);
  RegionSearch search;
  EXPECT_EQ(search.OfColor(OrangeIn(frame), GridFor(3), kWhole).size(), 2U);
}

TEST(RegionSearchTest, JoinsTheArmsOfAU) {
  TestPicture picture(kSize, kSize, [](int x, int y) {
    const bool arm = (x >= 10 && x < 20) || (x >= 40 && x < 50);
    return (arm && y > 5 && y < 50) || (y >= 40 && y < 50 && x >= 10 && x < 50) ? test::kOrange
                                                                                : test::kBlack;
  });
  const CodedFrame frame(picture, PixelFormat::kBgrx);
  RegionSearch search;
  EXPECT_EQ(search.OfColor(OrangeIn(frame), GridFor(3), kWhole).size(), 1U);
}

TEST(RegionSearchTest, LooksOnlyInsideItsWindow) {
  TestPicture picture(kSize, kSize, test::Solid(test::kBlack));
  picture.DrawDisc({15, 15, 8}, test::kOrange);
  const CodedFrame frame(picture, PixelFormat::kI420);
  RegionSearch search;
  EXPECT_TRUE(search.OfColor(OrangeIn(frame), GridFor(3), {30, 0, 64, 64}).empty());
  EXPECT_EQ(search.OfColor(OrangeIn(frame), GridFor(3), {0, 0, 30, 30}).size(), 1U);
}

TEST(RegionSearchTest, SeesWhatTouchesTheBorder) {
  TestPicture picture(kSize, kSize, test::Solid(test::kBlack));
  picture.DrawDisc({-1, 30, 6}, test::kOrange);
  picture.DrawDisc({65, 12, 6}, test::kOrange);
  const CodedFrame frame(picture, PixelFormat::kBgr);
  RegionSearch search;
  EXPECT_EQ(search.OfColor(OrangeIn(frame), GridFor(5), kWhole).size(), 2U);
}

TEST(RegionSearchTest, EvenLumaSplitsAtSteps) {
  TestPicture picture(kSize, kSize, test::Solid({0.2, 0.2, 0.2}));
  picture.DrawDisc({30, 30, 14}, {0.8, 0.8, 0.8});
  for (const PixelFormat format : {PixelFormat::kI420, PixelFormat::kRgb, PixelFormat::kGray8}) {
    const CodedFrame frame(picture, format);
    RegionSearch search;
    const auto& regions = search.OfEvenLuma(frame.view(), {4, 4}, 12, kWhole);
    const auto disc = std::find_if(regions.begin(), regions.end(), [](const Region& region) {
      return region.samples > 20 && region.bounds.width() < 40;
    });
    ASSERT_NE(disc, regions.end());
    EXPECT_NEAR(disc->center_x(), 30, 2);
    EXPECT_NEAR(disc->center_y(), 30, 2);
  }
}

TEST(RegionSearchTest, EvenLumaFollowsAGradient) {
  const CodedFrame frame(TestPicture(kSize, kSize, test::Gradient(kSize, kSize)),
                         PixelFormat::kGray8);
  RegionSearch search;
  EXPECT_EQ(search.OfEvenLuma(frame.view(), {4, 4}, 12, kWhole).size(), 1U);
}

TEST(RegionSearchTest, CountsEverySampleOnce) {
  const CodedFrame frame(TestPicture(37, 29, test::GreyNoise(3)), PixelFormat::kGray8);
  RegionSearch search;
  int samples = 0;
  for (const Region& region : search.OfEvenLuma(frame.view(), {5, 4}, 12, {0, 0, 37, 29})) {
    samples += region.samples;
  }
  EXPECT_EQ(samples, 8 * 8);
}

}  // namespace
}  // namespace ball::locate
