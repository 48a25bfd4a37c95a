// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/frame_view.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace ball::locate {
namespace {

constexpr std::uint32_t kOrange = 0xffff8000;

FrameView ViewOf(PixelFormat format) {
  FrameView view;
  view.format = format;
  view.width = 5;
  view.height = 3;
  return view;
}

void ExpectColor(const CodedColor& color, double a, double b, double c) {
  EXPECT_NEAR(color[0], a, 0.6);
  EXPECT_NEAR(color[1], b, 0.6);
  EXPECT_NEAR(color[2], c, 0.6);
}

// Expected values: ITU-R BT.601 and BT.709 worked out by hand for (255, 128, 0).
TEST(ColorInFrameTest, CodesBt601LimitedRange) {
  ExpectColor(ColorInFrame(kOrange, ViewOf(PixelFormat::kI420)), 146, 52.9, 192.9);
}

TEST(ColorInFrameTest, CodesBt709LimitedRange) {
  FrameView view = ViewOf(PixelFormat::kNv12);
  view.colorimetry = {0.2126, 0.0722, false};
  ExpectColor(ColorInFrame(kOrange, view), 141.2, 59, 188.9);
}

TEST(ColorInFrameTest, CodesFullRange) {
  FrameView view = ViewOf(PixelFormat::kI420);
  view.colorimetry.full_range = true;
  ExpectColor(ColorInFrame(kOrange, view), 151.4, 42.6, 201.9);
}

TEST(ColorInFrameTest, CodesRgbOfEitherRange) {
  FrameView view = ViewOf(PixelFormat::kBgrx);
  ExpectColor(ColorInFrame(kOrange, view), 235, 125.9, 16);
  view.colorimetry.full_range = true;
  ExpectColor(ColorInFrame(kOrange, view), 255, 128, 0);
}

TEST(ColorInFrameTest, GreyIsTheColorsLuma) {
  FrameView view = ViewOf(PixelFormat::kGray8);
  view.colorimetry.full_range = true;
  ExpectColor(ColorInFrame(kOrange, view), 151.4, 0, 0);
}

TEST(ColorInFrameTest, IgnoresAlpha) {
  const FrameView view = ViewOf(PixelFormat::kI420);
  EXPECT_EQ(ColorInFrame(0x00123456, view), ColorInFrame(0xff123456, view));
}

TEST(LumaOfTest, WeighsRgbAndTakesYuvAsItIs) {
  EXPECT_NEAR(LumaOf({255, 128, 0}, ViewOf(PixelFormat::kRgb)), 151.4, 0.1);
  EXPECT_EQ(LumaOf({77, 1, 2}, ViewOf(PixelFormat::kI420)), 77);
  EXPECT_EQ(LumaOf({78, 0, 0}, ViewOf(PixelFormat::kGray8)), 78);
}

// Byte positions of red, green and blue in the pixel at (1, 1) of a plane that counts its bytes.
struct RgbPlace {
  PixelFormat format;
  int red;
  int green;
  int blue;
};

class LayersOfRgbTest : public testing::TestWithParam<RgbPlace> {};

TEST_P(LayersOfRgbTest, ReadsRedGreenBlue) {
  std::vector<std::uint8_t> bytes(200);
  std::iota(bytes.begin(), bytes.end(), 0);
  FrameView view = ViewOf(GetParam().format);
  view.planes[0] = {bytes.data(), 40};
  const Layers layers = LayersOf(view);
  ASSERT_EQ(layers.count, 1);
  const Layer& layer = layers.items[0];
  ASSERT_EQ(layer.component_count, 3);
  EXPECT_EQ(layer.components[0].At(1, 1), 40 + GetParam().red);
  EXPECT_EQ(layer.components[1].At(1, 1), 40 + GetParam().green);
  EXPECT_EQ(layer.components[2].At(1, 1), 40 + GetParam().blue);
}

INSTANTIATE_TEST_SUITE_P(Formats, LayersOfRgbTest,
                         testing::Values(RgbPlace{PixelFormat::kBgrx, 6, 5, 4},
                                         RgbPlace{PixelFormat::kRgbx, 4, 5, 6},
                                         RgbPlace{PixelFormat::kBgr, 5, 4, 3},
                                         RgbPlace{PixelFormat::kRgb, 3, 4, 5}));

TEST(LayersOfTest, ChromaOfOddPicturesIsRoundedUp) {
  const Layers layers = LayersOf(ViewOf(PixelFormat::kI420));
  ASSERT_EQ(layers.count, 2);
  EXPECT_EQ(layers.items[1].width, 3);
  EXPECT_EQ(layers.items[1].height, 2);
  EXPECT_EQ(layers.items[1].scale, 2);
}

TEST(LayersOfTest, ChromaLiesWhereItsSiteSays) {
  FrameView view = ViewOf(PixelFormat::kI420);
  EXPECT_EQ(LayersOf(view).items[1].offset_x, 1.0);
  EXPECT_EQ(LayersOf(view).items[1].offset_y, 1.0);
  view.chroma_site = {true, false};
  EXPECT_EQ(LayersOf(view).items[1].offset_x, 0.5);
  EXPECT_EQ(LayersOf(view).items[1].offset_y, 1.0);
  view.chroma_site = {false, true};
  EXPECT_EQ(LayersOf(view).items[1].offset_y, 0.5);
}

TEST(LayersOfTest, Nv12ChromaIsInterleaved) {
  const std::vector<std::uint8_t> chroma{1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12};
  FrameView view = ViewOf(PixelFormat::kNv12);
  view.planes[1] = {chroma.data(), 8};
  const Layer layer = LayersOf(view).items[1];
  EXPECT_EQ(layer.components[0].At(2, 1), 11);
  EXPECT_EQ(layer.components[1].At(2, 1), 12);
}

TEST(LayersOfTest, FollowsNegativeStrides) {
  const std::vector<std::uint8_t> bytes{1, 2, 3, 4};
  FrameView view = ViewOf(PixelFormat::kGray8);
  view.planes[0] = {bytes.data() + 2, -2};
  EXPECT_EQ(LayersOf(view).items[0].components[0].At(1, 1), 2);
}

}  // namespace
}  // namespace ball::locate
