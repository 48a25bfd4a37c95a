// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/color_matcher.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/plugins/balllocate/test_picture.h"

namespace ball::locate {
namespace {

// A grey frame of one row.
struct GreyRow {
  explicit GreyRow(std::vector<std::uint8_t> row) : values(std::move(row)) {
    view.width = static_cast<int>(values.size());
    view.height = 1;
    view.planes[0] = {values.data(), static_cast<std::ptrdiff_t>(values.size())};
  }
  std::vector<std::uint8_t> values;
  FrameView view;
};

TEST(ColorMatcherTest, MatchesUpToTheToleranceOnBothSides) {
  const GreyRow row({89, 90, 100, 110, 111});
  const ColorMatcher matcher(LayersOf(row.view), {100, 0, 0}, 10);
  EXPECT_FALSE(matcher.Matches(0, 0));
  EXPECT_TRUE(matcher.Matches(1, 0));
  EXPECT_TRUE(matcher.Matches(2, 0));
  EXPECT_TRUE(matcher.Matches(3, 0));
  EXPECT_FALSE(matcher.Matches(4, 0));
}

TEST(ColorMatcherTest, DoesNotWrapAroundAtTheEndsOfTheScale) {
  const GreyRow row({0, 5, 250, 255});
  const ColorMatcher dark(LayersOf(row.view), {2, 0, 0}, 10);
  EXPECT_TRUE(dark.Matches(0, 0));
  EXPECT_FALSE(dark.Matches(3, 0));
  const ColorMatcher bright(LayersOf(row.view), {254, 0, 0}, 10);
  EXPECT_FALSE(bright.Matches(0, 0));
  EXPECT_TRUE(bright.Matches(3, 0));
}

TEST(ColorMatcherTest, ExactToleranceStillMatchesRoundedColor) {
  const GreyRow row({150, 151, 152, 153});
  const ColorMatcher matcher(LayersOf(row.view), {151.4, 0, 0}, 0);
  EXPECT_FALSE(matcher.Matches(0, 0));
  EXPECT_TRUE(matcher.Matches(1, 0));
  EXPECT_TRUE(matcher.Matches(2, 0));
  EXPECT_FALSE(matcher.Matches(3, 0));
}

TEST(ColorMatcherTest, NothingMatchesOutsideThePicture) {
  const GreyRow row({100, 100});
  const ColorMatcher matcher(LayersOf(row.view), {100, 0, 0}, 10);
  EXPECT_TRUE(matcher.MatchesInside(1, 0));
  EXPECT_FALSE(matcher.MatchesInside(-1, 0));
  EXPECT_FALSE(matcher.MatchesInside(2, 0));
  EXPECT_FALSE(matcher.MatchesInside(0, 1));
  EXPECT_FALSE(matcher.Contains(0, -1));
  EXPECT_EQ(matcher.width(), 2);
  EXPECT_EQ(matcher.height(), 1);
}

TEST(ColorMatcherTest, EveryComponentCounts) {
  test::TestPicture picture(4, 4, [](int x, int) {
    return test::Rgb{x == 1 ? 0.5 : 1.0, x == 2 ? 0.0 : 0.5, x == 3 ? 0.6 : 0.0};
  });
  for (const PixelFormat format : {PixelFormat::kRgb, PixelFormat::kBgrx}) {
    const test::CodedFrame frame(picture, format);
    const ColorMatcher matcher(LayersOf(frame.view()), ColorInFrame(0xffff8000, frame.view()), 20);
    EXPECT_TRUE(matcher.Matches(0, 2));
    for (int x = 1; x < 4; ++x) EXPECT_FALSE(matcher.Matches(x, 2)) << x;
  }
}

TEST(ColorMatcherTest, RowsAgreeWithPixelsInAllFormats) {
  const test::TestPicture picture(13, 7, test::Checkers(3, test::kOrange, test::kBlack));
  for (const PixelFormat format : test::AllFormats()) {
    const test::CodedFrame frame(picture, format);
    const ColorMatcher matcher(LayersOf(frame.view()), ColorInFrame(0xffff8000, frame.view()), 30);
    for (int y = 0; y < 7; ++y) {
      for (int x = 0; x < 13; ++x) {
        EXPECT_EQ(matcher.RowAt(y).Matches(x), matcher.Matches(x, y)) << x << "," << y;
      }
    }
  }
}

TEST(ColorMatcherTest, FirstMatchStepsToTheFirstHit) {
  const GreyRow row({0, 100, 0, 0, 100, 0});
  const ColorMatcher matcher(LayersOf(row.view), {100, 0, 0}, 10);
  EXPECT_EQ(matcher.RowAt(0).FirstMatch(0, 2, 6), 4);
  EXPECT_EQ(matcher.RowAt(0).FirstMatch(1, 2, 6), 1);
  EXPECT_GE(matcher.RowAt(0).FirstMatch(5, 2, 6), 6);
}

// One hit in a wide row, wherever it is: whole chunks are skipped, but not with the hit in them.
TEST(ColorMatcherTest, FirstMatchMissesNothingInWideRows) {
  constexpr int kWide = 300;
  for (const PixelFormat format : test::AllFormats()) {
    for (int hit = 0; hit < kWide; hit += 7) {
      test::TestPicture picture(kWide, 2, test::Solid(test::kBlack));
      picture.DrawShape({hit + 1.0, 1, 2}, test::kOrange,
                        [&](double x, double) { return x >= hit && x < hit + 4; });
      const test::CodedFrame frame(picture, format);
      const ColorMatcher matcher(LayersOf(frame.view()), ColorInFrame(0xffff8000, frame.view()),
                                 30);
      const auto row = matcher.RowAt(0);
      for (const int step : {1, 3, 40}) {
        int first = 2;
        while (first < kWide - 1 && !row.Matches(first)) first += step;
        if (first >= kWide - 1) {
          EXPECT_GE(row.FirstMatch(2, step, kWide - 1), kWide - 1);
        } else {
          EXPECT_EQ(row.FirstMatch(2, step, kWide - 1), first) << hit << " " << step;
        }
      }
    }
  }
}

}  // namespace
}  // namespace ball::locate
