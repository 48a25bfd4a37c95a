// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/color.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

constexpr Colorimetry kBt601;
constexpr Colorimetry kBt709{0.2126, 0.0722, false};
constexpr Colorimetry kBt709Full{0.2126, 0.0722, true};
constexpr Colorimetry kBt2020{0.2627, 0.0593, false};

TEST(ColorTest, ReadsBigEndianArgbAndIgnoresAlpha) {
  EXPECT_EQ(RgbFromArgb(0xff336699), (Rgb{0.2, 0.4, 0.6}));
  EXPECT_EQ(RgbFromArgb(0x00336699), RgbFromArgb(0xff336699));
}

TEST(ColorTest, HueSaturationValueGiveTheCorners) {
  EXPECT_EQ(RgbFromHsv(0, 1, 1), (Rgb{1, 0, 0}));
  EXPECT_EQ(RgbFromHsv(60, 1, 1), (Rgb{1, 1, 0}));
  EXPECT_EQ(RgbFromHsv(120, 1, 0.5), (Rgb{0, 0.5, 0}));
  EXPECT_EQ(RgbFromHsv(-120, 1, 1), (Rgb{0, 0, 1}));
  EXPECT_EQ(RgbFromHsv(123, 0, 0.25), (Rgb{0.25, 0.25, 0.25}));
}

TEST(ColorTest, HueComesBackFromACorner) {
  for (const double hue : {0.0, 60.0, 120.0, 180.0, 240.0, 300.0}) {
    EXPECT_NEAR(HueOf(RgbFromHsv(hue, 0.8, 0.7)), hue, 1e-9);
  }
  EXPECT_EQ(HueOf({0.3, 0.3, 0.3}), 0);
}

TEST(ColorTest, MixGoesFromOneToTheOther) {
  EXPECT_EQ(Mix({0, 0.5, 1}, {1, 0.5, 0}, 0.25), (Rgb{0.25, 0.5, 0.75}));
}

struct CodedCase {
  const char* name;
  uint32_t argb;
  ColorModel model;
  Colorimetry colorimetry;
  CodedColor coded;
};

class EncodeTest : public testing::TestWithParam<CodedCase> {};

TEST_P(EncodeTest, GivesThePublishedValues) {
  const CodedCase& test = GetParam();
  EXPECT_EQ(Encode(RgbFromArgb(test.argb), test.model, test.colorimetry), test.coded);
}

// Colour bar values as the recommendations' tables have them.
INSTANTIATE_TEST_SUITE_P(
    Colors, EncodeTest,
    testing::Values(
        CodedCase{"Bt601Black", 0xff000000, ColorModel::kYuv, kBt601, {16, 128, 128, 255}},
        CodedCase{"Bt601White", 0xffffffff, ColorModel::kYuv, kBt601, {235, 128, 128, 255}},
        CodedCase{"Bt601Red", 0xffff0000, ColorModel::kYuv, kBt601, {81, 90, 240, 255}},
        CodedCase{"Bt601Blue", 0xff0000ff, ColorModel::kYuv, kBt601, {41, 240, 110, 255}},
        CodedCase{"Bt709Red", 0xffff0000, ColorModel::kYuv, kBt709, {63, 102, 240, 255}},
        CodedCase{"Bt709Green", 0xff00ff00, ColorModel::kYuv, kBt709, {173, 42, 26, 255}},
        CodedCase{"Bt709FullRed", 0xffff0000, ColorModel::kYuv, kBt709Full, {54, 99, 255, 255}},
        CodedCase{"Bt2020Red", 0xffff0000, ColorModel::kYuv, kBt2020, {74, 97, 240, 255}},
        CodedCase{"Rgb", 0xff804020, ColorModel::kRgb, kBt709Full, {128, 64, 32, 255}},
        CodedCase{"RgbLimited", 0xffff0080, ColorModel::kRgb, kBt709, {235, 16, 126, 255}},
        CodedCase{
            "GrayFull", 0xffff8000, ColorModel::kGray, {0.299, 0.114, true}, {151, 0, 0, 255}},
        CodedCase{"GrayLimited", 0xffffffff, ColorModel::kGray, kBt601, {235, 0, 0, 255}}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace ball
