// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/picture.h"

#include <gtest/gtest.h>

#include "tests/plugins/ballsrc/drawn_picture.h"

namespace ball {
namespace {

TEST(PictureTest, I420HasThreePlanesOnTwoGrids) {
  const PictureLayout layout =
      LayOut(PixelFormat::kI420, {64, 48}, {}, {{{0, 64}, {3072, 32}, {3840, 32}}}, 4608);
  ASSERT_EQ(layout.grids.size(), 2U);
  EXPECT_EQ(layout.model, ColorModel::kYuv);
  EXPECT_EQ(layout.bytes, 4608U);
  EXPECT_EQ(layout.grids[0].planes.size(), 1U);
  ASSERT_EQ(layout.grids[1].planes.size(), 2U);
  EXPECT_EQ(layout.grids[1].planes[1].offset, 3840U);
  EXPECT_EQ(layout.grids[1].planes[1].stride, 32U);
  EXPECT_EQ(layout.grids[1].step, 2);
}

TEST(PictureTest, Nv12InterleavesItsChroma) {
  const PictureLayout layout = PaddedLayout(PixelFormat::kNv12, {64, 48});
  ASSERT_EQ(layout.grids.size(), 2U);
  ASSERT_EQ(layout.grids[1].planes.size(), 1U);
  EXPECT_EQ(layout.grids[1].planes[0].pixel_stride, 2);
  EXPECT_EQ(layout.grids[1].planes[0].part[0], 1);
  EXPECT_EQ(layout.grids[1].planes[0].part[1], 2);
}

TEST(PictureTest, OddSizesRoundChromaUp) {
  const PictureLayout layout = PaddedLayout(PixelFormat::kI420, {63, 1});
  EXPECT_EQ(layout.grids[1].width, 32);
  EXPECT_EQ(layout.grids[1].height, 1);
}

TEST(PictureTest, ChromaSiteMovesTheChromaGrid) {
  const auto origin = [](ChromaSite site) {
    const Grid grid = PaddedLayout(PixelFormat::kNv12, {64, 48}, site).grids[1];
    return std::pair(grid.origin_x, grid.origin_y);
  };
  EXPECT_EQ(origin({false, false}), std::pair(1.0, 1.0));
  EXPECT_EQ(origin({true, false}), std::pair(0.5, 1.0));
  EXPECT_EQ(origin({true, true}), std::pair(0.5, 0.5));
}

TEST(PictureTest, RgbBytesAreInTheOrderOfTheName) {
  const auto parts = [](PixelFormat format) {
    return PaddedLayout(format, {8, 8}).grids[0].planes[0].part;
  };
  EXPECT_EQ(parts(PixelFormat::kBgrx), (std::array<uint8_t, 4>{2, 1, 0, 3}));
  EXPECT_EQ(parts(PixelFormat::kRgbx), (std::array<uint8_t, 4>{0, 1, 2, 3}));
  EXPECT_EQ(parts(PixelFormat::kBgr)[0], 2);
  EXPECT_EQ(parts(PixelFormat::kRgb)[0], 0);
}

TEST(PictureTest, GrayIsASinglePlane) {
  const PictureLayout layout = PaddedLayout(PixelFormat::kGray8, {8, 8});
  EXPECT_EQ(layout.model, ColorModel::kGray);
  EXPECT_EQ(layout.grids.size(), 1U);
}

}  // namespace
}  // namespace ball
