// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balloverlay/overlay_drawing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

namespace ball {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

cv::Mat Black(int type = CV_8UC3, int width = 160, int height = 120) {
  return cv::Mat(height, width, type, cv::Scalar::all(0));
}

OverlayStyle Only(bool answer, bool truth, bool error, bool text = false) {
  OverlayStyle style;
  style.draw_answer = answer;
  style.draw_truth = truth;
  style.draw_error = error;
  style.draw_text = text;
  return style;
}

cv::Mat Drawn(const OverlayContent& content, const OverlayStyle& style) {
  cv::Mat picture = Black();
  DrawOverlay(picture, ChannelOrder::kBgr, content, style);
  return picture;
}

bool IsUntouched(const cv::Mat& picture) { return cv::norm(picture, cv::NORM_INF) == 0; }

// Where the drawn light is, in our coordinates (a pixel's centre at halves).
cv::Point2d Centroid(const cv::Mat& picture) {
  cv::Mat sum;
  cv::transform(picture, sum, cv::Matx13f(1, 1, 1));
  const cv::Moments moments = cv::moments(sum);
  return {moments.m10 / moments.m00 + 0.5, moments.m01 / moments.m00 + 0.5};
}

TEST(OverlayDrawingTest, DrawsNothingWhereNothingIsKnown) {
  EXPECT_TRUE(IsUntouched(Drawn({}, Only(true, true, true))));
}

TEST(OverlayDrawingTest, CircleIsCentredOnTheAnswerToASixteenthOfAPixel) {
  for (const double shift : {0.0, 0.25, 0.5, 0.8125}) {
    OverlayContent content;
    content.answer = Ball{80 + shift, 60 - shift, 20};
    const cv::Point2d centre = Centroid(Drawn(content, Only(true, false, false)));
    EXPECT_NEAR(centre.x, content.answer->x, 0.07) << shift;
    EXPECT_NEAR(centre.y, content.answer->y, 0.07) << shift;
  }
}

TEST(OverlayDrawingTest, CircleHasTheAnswersRadiusAndColour) {
  OverlayContent content;
  content.answer = Ball{80.5, 60.5, 30};
  OverlayStyle style = Only(true, false, false);
  style.answer_color = 0x00102030;
  const cv::Mat picture = Drawn(content, style);
  EXPECT_EQ(picture.at<cv::Vec3b>(60, 110), cv::Vec3b(0x30, 0x20, 0x10));
  EXPECT_EQ(picture.at<cv::Vec3b>(60, 100), cv::Vec3b(0, 0, 0));
  EXPECT_EQ(picture.at<cv::Vec3b>(60, 80), cv::Vec3b(0x30, 0x20, 0x10)) << "the centre cross";
  EXPECT_EQ(picture.at<cv::Vec3b>(60, 116), cv::Vec3b(0, 0, 0));
}

TEST(OverlayDrawingTest, RgbOrderPutsRedFirst) {
  OverlayContent content;
  content.answer = Ball{80.5, 60.5, 30};
  OverlayStyle style = Only(true, false, false);
  style.answer_color = 0xff102030;
  cv::Mat picture = Black();
  DrawOverlay(picture, ChannelOrder::kRgb, content, style);
  EXPECT_EQ(picture.at<cv::Vec3b>(60, 110), cv::Vec3b(0x10, 0x20, 0x30));
}

TEST(OverlayDrawingTest, FourthChannelBecomesOpaqueWhereItDraws) {
  OverlayContent content;
  content.answer = Ball{80.5, 60.5, 30};
  cv::Mat picture = Black(CV_8UC4);
  DrawOverlay(picture, ChannelOrder::kBgr, content, Only(true, false, false));
  EXPECT_EQ(picture.at<cv::Vec4b>(60, 110), cv::Vec4b(0, 255, 0, 255));
  EXPECT_EQ(picture.at<cv::Vec4b>(10, 10), cv::Vec4b(0, 0, 0, 0));
}

TEST(OverlayDrawingTest, EachSwitchLeavesItsPartOut) {
  OverlayContent content;
  content.answer = Ball{82, 61, 20};
  content.truth = Ball{80, 60, 20};
  EXPECT_FALSE(IsUntouched(Drawn(content, Only(true, false, false))));
  EXPECT_FALSE(IsUntouched(Drawn(content, Only(false, true, false))));
  EXPECT_FALSE(IsUntouched(Drawn(content, Only(false, false, true))));
  EXPECT_FALSE(IsUntouched(Drawn(content, Only(false, false, false, true))));
  EXPECT_TRUE(IsUntouched(Drawn(content, Only(false, false, false))));
}

TEST(OverlayDrawingTest, TruthIsThinnerThanTheAnswer) {
  OverlayContent content;
  content.answer = Ball{80, 60, 20};
  content.truth = Ball{80, 60, 20};
  OverlayStyle style = Only(true, false, false);
  style.line_width = 4;
  style.answer_color = style.truth_color = 0xffffffff;
  const cv::Scalar answer = cv::sum(Drawn(content, style));
  style.draw_answer = false;
  style.draw_truth = true;
  const cv::Scalar truth = cv::sum(Drawn(content, style));
  EXPECT_LT(truth[0] * 2, answer[0]);
}

TEST(OverlayDrawingTest, TruthIsSeenOnABroadAnswerThatIsRight) {
  OverlayContent content;
  content.answer = content.truth = Ball{80.5, 60.5, 20};
  OverlayStyle style = Only(true, true, false);
  style.line_width = 5;
  const cv::Mat picture = Drawn(content, style);
  // Smooth lines: nearly white.
  EXPECT_GT(picture.at<cv::Vec3b>(60, 100)[0], 200);
  EXPECT_GT(picture.at<cv::Vec3b>(60, 100)[2], 200);
  EXPECT_EQ(picture.at<cv::Vec3b>(60, 98), cv::Vec3b(0, 255, 0));
  EXPECT_EQ(picture.at<cv::Vec3b>(60, 102), cv::Vec3b(0, 255, 0));
}

TEST(OverlayDrawingTest, ErrorLineRunsFromTruthPastAnswerByTheScale) {
  OverlayContent content;
  content.truth = Ball{40.5, 60.5, 5};
  content.answer = Ball{44.5, 60.5, 5};
  OverlayStyle style = Only(false, false, true);
  style.error_scale = 10;
  const cv::Mat picture = Drawn(content, style);
  EXPECT_EQ(picture.at<cv::Vec3b>(60, 41), cv::Vec3b(0, 0, 255));
  EXPECT_EQ(picture.at<cv::Vec3b>(60, 79), cv::Vec3b(0, 0, 255));
  EXPECT_EQ(picture.at<cv::Vec3b>(60, 84), cv::Vec3b(0, 0, 0));
  EXPECT_EQ(picture.at<cv::Vec3b>(60, 36), cv::Vec3b(0, 0, 0));
}

TEST(OverlayDrawingTest, ErrorNeedsBothTruthAndAnswer) {
  OverlayContent content;
  content.answer = Ball{80, 60, 20};
  EXPECT_TRUE(IsUntouched(Drawn(content, Only(false, false, true))));
  content.truth = content.answer;
  content.answer.reset();
  EXPECT_TRUE(IsUntouched(Drawn(content, Only(false, false, true))));
}

TEST(OverlayDrawingTest, HugeErrorKeepsItsDirection) {
  OverlayContent content;
  content.truth = Ball{0, 0, 5};
  content.answer = Ball{1e12, 1e12, 5};
  OverlayStyle style = Only(false, false, true);
  style.error_scale = 10000;
  const cv::Mat picture = Drawn(content, style);
  EXPECT_EQ(picture.at<cv::Vec3b>(100, 100), cv::Vec3b(0, 0, 255));
  EXPECT_EQ(picture.at<cv::Vec3b>(60, 120), cv::Vec3b(0, 0, 0));
}

TEST(OverlayDrawingTest, TextGrowsByTheErrorWhereTheTruthIsKnown) {
  OverlayContent content;
  content.answer = Ball{80, 60, 20};
  const OverlayStyle style = Only(false, false, false, true);
  const cv::Mat without = Drawn(content, style);
  content.truth = Ball{81, 60, 20};
  const cv::Mat with = Drawn(content, style);
  EXPECT_GT(cv::sum(with)[2], cv::sum(without)[2]) << "the error is written in red";
}

TEST(OverlayDrawingTest, TextSaysSoWhenNoBallWasFound) {
  OverlayContent content;
  content.truth = Ball{80, 60, 20};
  EXPECT_FALSE(IsUntouched(Drawn(content, Only(false, false, false, true))));
}

TEST(OverlayDrawingTest, BallCutByTheEdgeDrawsItsVisiblePart) {
  OverlayContent content;
  content.answer = Ball{-10, 60, 30};
  const cv::Mat picture = Drawn(content, Only(true, false, false));
  EXPECT_FALSE(IsUntouched(picture.colRange(15, 25)));
  EXPECT_TRUE(IsUntouched(picture.colRange(30, 160)));
}

struct WildBall {
  const char* name;
  Ball ball;
};

class WildBallTest : public testing::TestWithParam<WildBall> {};

TEST_P(WildBallTest, IsHarmless) {
  OverlayContent content;
  content.answer = GetParam().ball;
  content.truth = Ball{80, 60, 20};
  content.confidence = kNaN;
  OverlayStyle style = Only(true, true, true, true);
  style.error_scale = 10000;
  style.line_width = 64;
  EXPECT_NO_THROW(Drawn(content, style));
  std::swap(content.answer, content.truth);
  EXPECT_NO_THROW(Drawn(content, style));
}

INSTANTIATE_TEST_SUITE_P(
    Balls, WildBallTest,
    testing::Values(WildBall{"NanX", {kNaN, 60, 20}}, WildBall{"NanRadius", {80, 60, kNaN}},
                    WildBall{"InfiniteY", {80, kInfinity, 20}},
                    WildBall{"InfiniteRadius", {80, 60, kInfinity}},
                    WildBall{"NoRadius", {80, 60, 0}}, WildBall{"NegativeRadius", {80, 60, -5}},
                    WildBall{"FarRight", {1e9, 60, 20}}, WildBall{"FarLeft", {-1e300, 60, 20}},
                    WildBall{
                        "Largest",
                        {std::numeric_limits<double>::max(), -std::numeric_limits<double>::max(),
                         std::numeric_limits<double>::max()}},
                    WildBall{"HugeRadius", {80, 60, 1e300}},
                    WildBall{"HugeCircleThroughPicture", {80 + 1e5, 60, 1e5}},
                    WildBall{"Denormal", {80, 60, std::numeric_limits<double>::denorm_min()}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(OverlayDrawingTest, SmallestPictureIsHarmless) {
  OverlayContent content;
  content.answer = Ball{0.5, 0.5, 200};
  content.truth = Ball{0.5, 0.5, 0.1};
  cv::Mat picture = Black(CV_8UC3, 1, 1);
  EXPECT_NO_THROW(DrawOverlay(picture, ChannelOrder::kBgr, content, Only(true, true, true, true)));
}

TEST(OverlayDrawingTest, StaysInsideThePicture) {
  cv::Mat canvas(120, 200, CV_8UC3, cv::Scalar::all(7));
  cv::Mat picture = canvas(cv::Rect(20, 10, 160, 100));
  OverlayContent content;
  content.answer = Ball{158, 98, 60};
  content.truth = Ball{-5, -5, 50};
  DrawOverlay(picture, ChannelOrder::kBgr, content, Only(true, true, true, true));
  picture.setTo(cv::Scalar::all(7));
  EXPECT_EQ(cv::norm(canvas, cv::Mat(canvas.size(), CV_8UC3, cv::Scalar::all(7))), 0);
}

}  // namespace
}  // namespace ball
