// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/background.h"

#include <gtest/gtest.h>

#include "tests/plugins/ballsrc/drawn_picture.h"

namespace ball {
namespace {

constexpr PictureSize kSize{70, 41};

std::vector<uint8_t> Drawn(const BackgroundSettings& settings, const PictureLayout& layout) {
  std::vector<uint8_t> picture(layout.bytes, 77);
  DrawBackground(settings, layout, {}, picture.data());
  return picture;
}

uint8_t LumaAt(const BackgroundSettings& settings, int x, int y) {
  const PictureLayout layout = PaddedLayout(PixelFormat::kI420, kSize);
  return SampleOf(layout.grids[0].planes[0], Drawn(settings, layout).data(), x, y, 0);
}

TEST(BackgroundTest, ShadeIsBrighterThanDarkAndDarkerThanBright) {
  EXPECT_EQ(ShadeOf({0, 0, 0}), (Rgb{0.3, 0.3, 0.3}));
  EXPECT_EQ(ShadeOf({1, 1, 1}), (Rgb{0.7, 0.7, 0.7}));
}

TEST(BackgroundTest, SolidIsTheColorEverywhere) {
  const PictureLayout layout = PaddedLayout(PixelFormat::kBgrx, kSize);
  const auto picture = Drawn({BackgroundPattern::kSolid, 0xff102030, 0}, layout);
  const CodedColor coded = Encode(RgbFromArgb(0xff102030), ColorModel::kRgb, {});
  const Plane& plane = layout.grids[0].planes[0];
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      ASSERT_EQ(SampleOf(plane, picture.data(), x, y, 0), coded[2]);
      ASSERT_EQ(SampleOf(plane, picture.data(), x, y, 1), coded[1]);
      ASSERT_EQ(SampleOf(plane, picture.data(), x, y, 2), coded[0]);
      ASSERT_EQ(SampleOf(plane, picture.data(), x, y, 3), 255);
    }
  }
}

TEST(BackgroundTest, LeavesPaddingAlone) {
  const PictureLayout layout = PaddedLayout(PixelFormat::kGray8, kSize);
  const auto picture = Drawn({}, layout);
  EXPECT_EQ(picture[69], 16);
  EXPECT_EQ(picture[70], 77);
}

TEST(BackgroundTest, CheckersChangeEvery32Pixels) {
  const BackgroundSettings settings{BackgroundPattern::kCheckers, 0xff000000, 0};
  EXPECT_EQ(LumaAt(settings, 0, 0), 16);
  EXPECT_EQ(LumaAt(settings, 31, 31), 16);
  EXPECT_EQ(LumaAt(settings, 32, 31), 82);
  EXPECT_EQ(LumaAt(settings, 31, 32), 82);
  EXPECT_EQ(LumaAt(settings, 32, 32), 16);
}

TEST(BackgroundTest, GradientGoesFromCornerToCorner) {
  const BackgroundSettings settings{BackgroundPattern::kGradient, 0xff000000, 0};
  EXPECT_EQ(LumaAt(settings, 0, 0), 16);
  EXPECT_EQ(LumaAt(settings, kSize.width - 1, kSize.height - 1), 82);
  EXPECT_GT(LumaAt(settings, 40, 20), LumaAt(settings, 10, 20));
  EXPECT_GT(LumaAt(settings, 10, 40), LumaAt(settings, 10, 0));
}

TEST(BackgroundTest, GradientOfASinglePixelIsTheColor) {
  EXPECT_EQ(ShadePart({BackgroundPattern::kGradient, 0, 0}, {1, 1}, 0, 0), 0);
}

TEST(BackgroundTest, NoiseComesFromTheSeed) {
  const PictureLayout layout = PaddedLayout(PixelFormat::kGray8, kSize);
  const BackgroundSettings one{BackgroundPattern::kNoise, 0xff000000, 1};
  const BackgroundSettings two{BackgroundPattern::kNoise, 0xff000000, 2};
  EXPECT_EQ(Drawn(one, layout), Drawn(one, layout));
  EXPECT_NE(Drawn(one, layout), Drawn(two, layout));
}

TEST(BackgroundTest, NoiseStaysBetweenColorAndShade) {
  for (int x = 0; x < kSize.width; ++x) {
    const int luma = LumaAt({BackgroundPattern::kNoise, 0xff000000, 5}, x, x % kSize.height);
    ASSERT_GE(luma, 16);
    ASSERT_LE(luma, 82);
  }
}

TEST(BackgroundTest, ChromaIsTheMeanOfItsPixels) {
  // Red, whose shade is redder in no way: chroma goes towards 128.
  const BackgroundSettings settings{BackgroundPattern::kCheckers, 0xff800000, 0};
  const PictureLayout layout = PaddedLayout(PixelFormat::kI420, kSize);
  const auto picture = Drawn(settings, layout);
  const Plane& v = layout.grids[1].planes[1];
  const Rgb color = RgbFromArgb(settings.color);
  EXPECT_EQ(SampleOf(v, picture.data(), 15, 3, 0), Encode(color, ColorModel::kYuv, {})[2]);
  EXPECT_EQ(SampleOf(v, picture.data(), 16, 3, 0), Encode(ShadeOf(color), ColorModel::kYuv, {})[2]);
}

}  // namespace
}  // namespace ball
