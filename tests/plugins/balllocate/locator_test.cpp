// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/locator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/plugins/balllocate/locate_in.h"

namespace ball::locate::test {
namespace {

// A ball on a background, in a format.
struct Scene {
  std::string background;
  PixelFormat format;
  double radius;
};

void PrintTo(const Scene& scene, std::ostream* out) {
  *out << scene.background << " in " << NameOf(scene.format) << ", radius " << scene.radius;
}

class LocatorAccuracyTest : public testing::TestWithParam<Scene> {};

TEST_P(LocatorAccuracyTest, FindsBallToATenthOfAPixelRms) {
  const Scene& scene = GetParam();
  const Background background = BackgroundCalled(scene.background, kWidth, kHeight);
  const TestPicture empty(kWidth, kHeight, background);
  double squares = 0;
  constexpr int kPositions = 8;
  for (int k = 0; k < kPositions; ++k) {
    const Ball truth{30 + 12.17 * k, 84 - 6.43 * k, scene.radius};
    TestPicture picture = empty;
    picture.DrawDisc(truth, kOrange);
    const double error = ErrorOf(LocateIn(picture, {}, scene.format), truth);
    squares += error * error;
  }
  EXPECT_LE(std::sqrt(squares / kPositions), 0.1);
}

std::vector<Scene> ScenesInColor() {
  std::vector<Scene> scenes;
  for (const std::string& name : BackgroundNames()) {
    scenes.push_back({name, PixelFormat::kI420, 6});
  }
  for (const std::string name : {"Black", "White", "Blue", "ColorCheckers", "Checkers"}) {
    scenes.push_back({name, PixelFormat::kGray8, 12});
  }
  for (const PixelFormat format : AllFormats()) scenes.push_back({"Black", format, 7});
  return scenes;
}

std::string SceneName(const testing::TestParamInfo<Scene>& info) {
  return info.param.background + NameOf(info.param.format) + "Radius" +
         std::to_string(static_cast<int>(info.param.radius)) + "No" + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(Scenes, LocatorAccuracyTest, testing::ValuesIn(ScenesInColor()),
                         SceneName);

TEST(LocatorTest, FindsNothingInEmptyBackgrounds) {
  for (const std::string& name : BackgroundNames()) {
    const TestPicture picture(kWidth, kHeight, BackgroundCalled(name, kWidth, kHeight));
    EXPECT_FALSE(LocateIn(picture)) << name;
    EXPECT_FALSE(LocateIn(picture, {}, PixelFormat::kBgr)) << name;
  }
}

TEST(LocatorTest, FindsNothingInPictureOfTheBallsColor) {
  EXPECT_FALSE(LocateIn(TestPicture(kWidth, kHeight, Solid(kOrange))));
}

// How far the centre of a ball of radius 20 lies inside the left border.
class LocatorCutTest : public testing::TestWithParam<double> {};

TEST_P(LocatorCutTest, FindsBallCutByBorder) {
  const Ball truth{GetParam(), 61.3, 20};
  EXPECT_LE(ErrorOf(LocateIn(WithDisc(GreyNoise(4), truth)), truth), 0.15);
}

INSTANTIATE_TEST_SUITE_P(Centres, LocatorCutTest, testing::Values(19.7, 12.4, 5.1, 0.2, -1.5));

TEST(LocatorTest, FindsBallsCutByEachBorder) {
  for (const Ball& truth : {Ball{80.2, 3.3, 15}, Ball{80.7, 117.1, 15}, Ball{157.2, 60.5, 15}}) {
    EXPECT_LE(ErrorOf(LocateIn(WithDisc(Solid(kBlack), truth)), truth), 0.1) << truth.x;
  }
}

TEST(LocatorTest, FindsBallInACorner) {
  const Ball truth{12.3, 110.2, 20};
  EXPECT_LE(ErrorOf(LocateIn(WithDisc(Solid(kBlack), truth)), truth), 0.1);
}

TEST(LocatorTest, DoesNotGuessFromASliver) {
  EXPECT_FALSE(LocateIn(WithDisc(Solid(kBlack), {-9.5, 60.2, 20})));
  EXPECT_FALSE(LocateIn(WithDisc(Solid(kBlack), {-4.2, -3.1, 20})));
}

TEST(LocatorTest, TellsRadiusWithinATenthOfAPixel) {
  for (const double radius : {5.5, 11.2, 20.0, 47.3}) {
    const auto found = LocateIn(WithDisc(Solid({0.2, 0.3, 0.6}), {80.3, 60.8, radius}));
    ASSERT_TRUE(found) << radius;
    EXPECT_NEAR(found->ball.radius, radius, 0.1);
  }
}

TEST(LocatorTest, IgnoresBallsOutsideTheRadiusRange) {
  LocatorSettings settings;
  settings.min_radius = 10;
  settings.max_radius = 30;
  for (const double radius : {4.0, 8.5, 32.0, 50.0}) {
    EXPECT_FALSE(LocateIn(WithDisc(Solid(kBlack), {80.1, 60.2, radius}), settings)) << radius;
  }
  EXPECT_TRUE(LocateIn(WithDisc(Solid(kBlack), {80.1, 60.2, 10.0}), settings));
  EXPECT_TRUE(LocateIn(WithDisc(Solid(kBlack), {80.1, 60.2, 30.0}), settings));
}

TEST(LocatorTest, FindsBallAmongBallsOfOtherColors) {
  TestPicture picture(kWidth, kHeight, Solid(kBlack));
  const Ball truth{100.4, 50.6, 14};
  for (const Rgb& other : {Rgb{0, 0.6, 1}, Rgb{1, 0, 0.2}, Rgb{0.8, 1, 0}, Rgb{0.5, 0, 1}}) {
    picture.DrawDisc({30 + 35 * other.g, 30 + 60 * other.b, 12}, other);
  }
  EXPECT_FALSE(LocateIn(picture));
  picture.DrawDisc(truth, kOrange);
  EXPECT_LE(ErrorOf(LocateIn(picture), truth), 0.1);
}

TEST(LocatorTest, FindsBallThatTouchesAnotherColor) {
  TestPicture picture = WithDisc(Solid(kBlack), {60, 60, 20}, {0.1, 0.4, 1});
  const Ball truth{84.3, 62.2, 18};
  picture.DrawDisc(truth, kOrange);
  EXPECT_LE(ErrorOf(LocateIn(picture), truth), 0.1);
}

TEST(LocatorTest, TakesTheLargerOfTwoEqualBalls) {
  TestPicture picture = WithDisc(Solid(kBlack), {40.2, 40.3, 12});
  const Ball larger{110.4, 70.1, 19};
  picture.DrawDisc(larger, kOrange);
  EXPECT_LE(ErrorOf(LocateIn(picture), larger), 0.1);
}

TEST(LocatorTest, TakesTheBallWhoseColorIsNearer) {
  TestPicture picture = WithDisc(Solid(kBlack), {40.2, 40.3, 20}, {0.92, 0.44, 0.06});
  const Ball truth{110.4, 70.1, 16};
  picture.DrawDisc(truth, kOrange);
  EXPECT_LE(ErrorOf(LocateIn(picture), truth), 0.1);
}

TEST(LocatorTest, FindsOneOfTwoBallsThatTouch) {
  TestPicture picture = WithDisc(Solid(kBlack), {50.2, 60.3, 18});
  picture.DrawDisc({86.2, 60.3, 18}, kOrange);
  const auto found = LocateIn(picture);
  ASSERT_TRUE(found);
  EXPECT_LE(std::min(ErrorOf(found, {50.2, 60.3, 18}), ErrorOf(found, {86.2, 60.3, 18})), 0.3);
}

TEST(LocatorTest, FindsBallOnABackgroundOfNearlyItsColor) {
  const Ball truth{70.2, 55.7, 15};
  const Rgb near{0.93, 0.46, 0.05};
  EXPECT_LE(ErrorOf(LocateIn(WithDisc(Solid(near), truth)), truth), 0.1);
}

TEST(LocatorTest, FindsBallThatOpenCvDrew) {
  for (const int line : {int{cv::LINE_8}, int{cv::LINE_AA}}) {
    for (const int radius : {6, 20, 45}) {
      TestPicture picture(kWidth, kHeight, Photograph(2));
      cv::Mat bgr = picture.ToBgr();
      cv::circle(bgr, {80, 60}, radius, {0, 128, 255}, cv::FILLED, line);
      picture.Assign(bgr);
      const Ball truth{80.5, 60.5, static_cast<double>(radius)};
      EXPECT_LE(ErrorOf(LocateIn(picture, {}, PixelFormat::kBgr), truth), 0.1) << radius;
      EXPECT_LE(ErrorOf(LocateIn(picture), truth), 0.1) << radius;
    }
  }
}

TEST(LocatorTest, FindsShadedBall) {
  TestPicture picture(kWidth, kHeight, Solid({0.1, 0.1, 0.2}));
  const Ball truth{80.3, 60.9, 22};
  picture.DrawShadedDisc(truth, kOrange, 0.12);
  EXPECT_LE(ErrorOf(LocateIn(picture), truth), 0.3);
}

TEST(LocatorTest, FindsBlurredBall) {
  for (const double sigma : {0.6, 0.9, 1.2}) {
    TestPicture picture =
        WithDisc(Checkers(16, {0.1, 0.2, 0.5}, {0.4, 0.4, 0.4}), {80.3, 60.8, 16});
    picture.Blur(sigma);
    EXPECT_LE(ErrorOf(LocateIn(picture), {80.3, 60.8, 16}), 0.1) << sigma;
  }
}

TEST(LocatorTest, HonoursColorimetryAndChromaSite) {
  const Ball truth{70.6, 50.2, 11};
  const TestPicture picture = WithDisc(GreyNoise(9), truth);
  for (const Colorimetry& colors :
       {Colorimetry{0.2126, 0.0722, false}, Colorimetry{0.2627, 0.0593, true}}) {
    for (const ChromaSite site : {ChromaSite{true, false}, ChromaSite{true, true}}) {
      const CodedFrame frame(picture, PixelFormat::kI420, colors, site);
      EXPECT_LE(ErrorOf(Locator({}).Locate(frame.view()), truth), 0.05);
    }
  }
}

TEST(LocatorTest, WantsTheSetColor) {
  LocatorSettings settings;
  settings.ball_color = 0x002040ff;
  const Ball truth{70.6, 50.2, 11};
  const TestPicture picture = WithDisc(Solid(kBlack), truth, {0x20 / 255.0, 0x40 / 255.0, 1});
  EXPECT_LE(ErrorOf(LocateIn(picture, settings), truth), 0.05);
  EXPECT_FALSE(LocateIn(picture));
}

TEST(LocatorTest, ToleranceDecidesWhatIsTheColor) {
  const TestPicture picture = WithDisc(Solid(kBlack), {70.6, 50.2, 11}, {0.85, 0.55, 0.2});
  LocatorSettings settings;
  settings.tolerance = 0.03;
  EXPECT_FALSE(LocateIn(picture, settings));
  settings.tolerance = 0.3;
  EXPECT_TRUE(LocateIn(picture, settings));
  settings.tolerance = 0;
  EXPECT_TRUE(LocateIn(WithDisc(Solid(kBlack), {70.6, 50.2, 11}), settings));
}

TEST(LocatorTest, TrackKeepsToItsBall) {
  LocatorSettings settings;
  settings.track = true;
  Locator locator(settings);
  const CodedFrame alone(WithDisc(Solid(kBlack), {40.2, 40.3, 12}), PixelFormat::kI420);
  TestPicture two = WithDisc(Solid(kBlack), {44.2, 41.3, 12});
  two.DrawDisc({120.4, 80.1, 19}, kOrange);
  const CodedFrame both(two, PixelFormat::kI420);
  ASSERT_TRUE(locator.Locate(alone.view()));
  EXPECT_LE(ErrorOf(locator.Locate(both.view()), {44.2, 41.3, 12}), 0.1);
  locator.Forget();
  EXPECT_LE(ErrorOf(locator.Locate(both.view()), {120.4, 80.1, 19}), 0.1);
}

TEST(LocatorTest, TrackFindsBallThatJumped) {
  LocatorSettings settings;
  settings.track = true;
  Locator locator(settings);
  const CodedFrame before(WithDisc(GreyNoise(1), {30.2, 30.3, 8}), PixelFormat::kI420);
  const CodedFrame after(WithDisc(GreyNoise(1), {140.2, 100.3, 8}), PixelFormat::kI420);
  ASSERT_TRUE(locator.Locate(before.view()));
  EXPECT_LE(ErrorOf(locator.Locate(after.view()), {140.2, 100.3, 8}), 0.1);
}

// Near the last ball much smaller ones are not looked for, but in the whole picture they are.
TEST(LocatorTest, TrackFindsBallThatShrank) {
  LocatorSettings settings;
  settings.track = true;
  Locator locator(settings);
  const CodedFrame before(WithDisc(GreyNoise(1), {80.2, 60.3, 40}), PixelFormat::kI420);
  const CodedFrame after(WithDisc(GreyNoise(1), {83.4, 57.3, 6}), PixelFormat::kI420);
  ASSERT_TRUE(locator.Locate(before.view()));
  EXPECT_LE(ErrorOf(locator.Locate(after.view()), {83.4, 57.3, 6}), 0.1);
}

TEST(LocatorTest, ConfigureChangesWhatIsLookedFor) {
  const CodedFrame frame(WithDisc(Solid(kBlack), {40.2, 40.3, 12}), PixelFormat::kI420);
  Locator locator({});
  EXPECT_TRUE(locator.Locate(frame.view()));
  LocatorSettings settings;
  settings.ball_color = 0xff0000ff;
  locator.Configure(settings);
  EXPECT_FALSE(locator.Locate(frame.view()));
}

TEST(LocatorTest, SameFrameSameAnswer) {
  const CodedFrame frame(WithDisc(Photograph(5), {40.2, 40.3, 12}), PixelFormat::kI420);
  Locator one({});
  Locator other({});
  const auto first = one.Locate(frame.view());
  one.Locate(CodedFrame(WithDisc(GreyNoise(5), {80, 70, 30}), PixelFormat::kBgr).view());
  const auto again = one.Locate(frame.view());
  const auto others = other.Locate(frame.view());
  ASSERT_TRUE(first && again && others);
  EXPECT_EQ(first->ball, again->ball);
  EXPECT_EQ(first->ball, others->ball);
}

TEST(LocatorTest, SurvivesTinyPictures) {
  for (const auto method : {LocateMethod::kColor, LocateMethod::kContrast, LocateMethod::kHough}) {
    for (const PixelFormat format : AllFormats()) {
      for (int width = 1; width <= 9; width += 2) {
        for (int height = 1; height <= 9; ++height) {
          const TestPicture picture(width, height, Checkers(1, kOrange, kBlack));
          EXPECT_FALSE(LocateIn(picture, With(method), format)) << width << "x" << height;
        }
      }
    }
  }
}

TEST(LocatorTest, AnswersNothingToAFrameWithoutPixels) {
  FrameView frame;
  EXPECT_FALSE(Locator({}).Locate(frame));
  frame.width = 64;
  frame.height = 64;
  EXPECT_FALSE(Locator({}).Locate(frame));
}

TEST(LocatorTest, ConfidenceIsAboveZeroAndAtMostOne) {
  const auto clean = LocateIn(WithDisc(Solid(kBlack), {70.6, 50.2, 14}));
  const auto cut = LocateIn(WithDisc(Photograph(8), {3.6, 50.2, 14}));
  ASSERT_TRUE(clean && cut);
  EXPECT_GT(clean->confidence, 0.95);
  EXPECT_LE(clean->confidence, 1.0);
  EXPECT_GT(cut->confidence, 0.0);
  EXPECT_LT(cut->confidence, clean->confidence);
}

}  // namespace
}  // namespace ball::locate::test
