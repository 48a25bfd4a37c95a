// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/inspection.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/plugins/balllocate/test_picture.h"

namespace ball::locate {
namespace {

using test::CodedFrame;
using test::TestPicture;

Inspection InspectIn(const TestPicture& picture, const Ball& circle) {
  const CodedFrame frame(picture, PixelFormat::kRgb, {0.299, 0.114, true});
  const ColorMatcher matcher(LayersOf(frame.view()), ColorInFrame(0xffff8000, frame.view()), 25);
  return Inspect(frame.view(), matcher, circle, 25);
}

TestPicture DiscOn(const test::Rgb& background, const Ball& disc) {
  TestPicture picture(80, 80, test::Solid(background));
  picture.DrawDisc(disc, test::kOrange);
  return picture;
}

TEST(InspectTest, SeesAFilledDisc) {
  const Ball disc{40.2, 39.6, 14};
  const Inspection seen = InspectIn(DiscOn(test::kBlack, disc), disc);
  EXPECT_EQ(seen.visible, 1);
  EXPECT_EQ(seen.fill, 1);
  EXPECT_EQ(seen.surround, 0);
  EXPECT_NEAR(seen.unevenness, 0, 0.01);
  EXPECT_NEAR(seen.color[0], 255, 1);
  EXPECT_NEAR(seen.color[1], 128, 1);
  EXPECT_NEAR(seen.color[2], 0, 1);
}

TEST(InspectTest, TellsBrighterFromDarker) {
  const Ball disc{40.2, 39.6, 14};
  const Inspection on_black = InspectIn(DiscOn(test::kBlack, disc), disc);
  EXPECT_EQ(on_black.brighter, 1);
  EXPECT_EQ(on_black.darker, 0);
  const Inspection on_white = InspectIn(DiscOn(test::kWhite, disc), disc);
  EXPECT_EQ(on_white.brighter, 0);
  EXPECT_EQ(on_white.darker, 1);
  const Inspection on_grey = InspectIn(DiscOn({0.6, 0.6, 0.6}, disc), disc);
  EXPECT_EQ(on_grey.brighter + on_grey.darker, 0);
}

TEST(InspectTest, MissesTheHoleOfARing) {
  const Ball disc{40, 40, 20};
  TestPicture picture = DiscOn(test::kBlack, disc);
  picture.DrawDisc({40, 40, 10}, test::kBlack);
  const Inspection seen = InspectIn(picture, disc);
  EXPECT_NEAR(seen.fill, 0.7, 0.1);
  EXPECT_GT(seen.unevenness, 0.3);
}

TEST(InspectTest, CountsWhatIsVisible) {
  const Ball disc{0, 40, 20};
  const Inspection seen = InspectIn(DiscOn(test::kBlack, disc), disc);
  EXPECT_NEAR(seen.visible, 0.5, 0.06);
  EXPECT_EQ(seen.fill, 1);
}

TEST(InspectTest, SeesTheColorGoOnOutside) {
  const Inspection seen = InspectIn(DiscOn(test::kBlack, {40, 40, 30}), {40, 40, 12});
  EXPECT_EQ(seen.surround, 1);
}

TEST(InspectTest, SurvivesACircleOutsideThePicture) {
  const Inspection seen = InspectIn(DiscOn(test::kBlack, {40, 40, 10}), {-500, 40, 12});
  EXPECT_EQ(seen.visible, 0);
  EXPECT_EQ(seen.fill, 0);
}

TEST(ColorAroundTest, AveragesNeighboursInsideThePicture) {
  const TestPicture picture(4, 4, [](int x, int) { return x == 0 ? test::kWhite : test::kBlack; });
  const CodedFrame frame(picture, PixelFormat::kGray8, {0.299, 0.114, true});
  const Layers layers = LayersOf(frame.view());
  EXPECT_NEAR(ColorAround(layers, 0, 0)[0], 127.5, 0.1);
  EXPECT_NEAR(ColorAround(layers, 1, 1)[0], 85, 0.1);
  EXPECT_NEAR(ColorAround(layers, 3, 3)[0], 0, 0.1);
}

}  // namespace
}  // namespace ball::locate
