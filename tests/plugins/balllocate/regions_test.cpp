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

// The same, sample by sample: all that hang together from one on, in the order of rows.
std::vector<Region> FloodFill(const CodedFrame& frame, const SampleGrid& grid, double step,
                              const Window& window) {
  const auto samples_in = [](int first, int last, int step) {
    std::vector<int> samples;
    for (int at = first; at < last; at += step) samples.push_back(at);
    samples.push_back(last);
    return samples;
  };
  const auto xs = samples_in(window.left + 1, window.right - 2, grid.step_x);
  const auto ys = samples_in(window.top + 1, window.bottom - 2, grid.step_y);
  const int columns = static_cast<int>(xs.size());
  const int count = columns * static_cast<int>(ys.size());
  const auto luma = [&](int node) {
    const Component component = LayersOf(frame.view()).items[0].components[0];
    return component.At(xs[node % columns], ys[node / columns]);
  };
  std::vector<bool> seen(count);
  std::vector<Region> regions;
  for (int first = 0; first < count; ++first) {
    if (seen[first]) continue;
    Region& region = regions.emplace_back();
    region.bounds = {window.right, window.bottom, 0, 0};
    std::vector<int> open{first};
    seen[first] = true;
    while (!open.empty()) {
      const int node = open.back();
      open.pop_back();
      const int x = xs[node % columns];
      const int y = ys[node / columns];
      region.bounds = {std::min(region.bounds.left, x), std::min(region.bounds.top, y),
                       std::max(region.bounds.right, x + 1), std::max(region.bounds.bottom, y + 1)};
      ++region.samples;
      region.sum_x += x;
      region.sum_y += y;
      const auto visit = [&](bool exists, int other) {
        if (!exists || seen[other] || std::abs(luma(node) - luma(other)) > step) return;
        seen[other] = true;
        open.push_back(other);
      };
      visit(node % columns > 0, node - 1);
      visit(node % columns < columns - 1, node + 1);
      visit(node >= columns, node - columns);
      visit(node < count - columns, node + columns);
    }
  }
  return regions;
}

TEST(RegionSearchTest, EvenLumaIsWhatAFloodFillFinds) {
  RegionSearch search;
  for (const auto& background : {test::GreyNoise(3), test::Photograph(4),
                                 test::Checkers(5, test::kBlack, {0.3, 0.3, 0.3})}) {
    const CodedFrame frame(TestPicture(97, 61, background), PixelFormat::kI420);
    for (const SampleGrid grid : {SampleGrid{1, 1}, {3, 2}, {5, 5}, {7, 4}}) {
      for (const double step : {0.0, 12.0, 40.0}) {
        for (const Window& window : {Window{0, 0, 97, 61}, {10, 7, 90, 60}}) {
          const auto wanted = FloodFill(frame, grid, step, window);
          const auto& found = search.OfEvenLuma(frame.view(), grid, step, window);
          ASSERT_EQ(found.size(), wanted.size());
          for (std::size_t i = 0; i < found.size(); ++i) {
            EXPECT_EQ(found[i].samples, wanted[i].samples);
            EXPECT_EQ(found[i].sum_x, wanted[i].sum_x);
            EXPECT_EQ(found[i].sum_y, wanted[i].sum_y);
            EXPECT_EQ(found[i].bounds.left, wanted[i].bounds.left);
            EXPECT_EQ(found[i].bounds.top, wanted[i].bounds.top);
            EXPECT_EQ(found[i].bounds.right, wanted[i].bounds.right);
            EXPECT_EQ(found[i].bounds.bottom, wanted[i].bounds.bottom);
          }
        }
      }
    }
  }
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
