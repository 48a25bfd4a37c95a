// SPDX-License-Identifier: LGPL-2.1-or-later
// How well ballsrc's ball is found: unencoded, encoded, with distractors, and when it is absent.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/patience.h"
#include "tests/plugins/balllocate/ball_pipeline.h"

namespace ball::test {
namespace {

std::string Caps(const std::string& format, int width = 640, int height = 480) {
  return "video/x-raw,format=" + format + ",width=" + std::to_string(width) +
         ",height=" + std::to_string(height) + ",framerate=30/1";
}

constexpr char kSink[] = " ! balllocate name=locate ! fakesink name=sink sync=false";

struct UnencodedCase {
  std::string name;
  std::string background;
  std::string format;
};

void PrintTo(const UnencodedCase& scene, std::ostream* out) {
  *out << scene.background << " in " << scene.format;
}

std::vector<UnencodedCase> UnencodedCases() {
  const std::vector<std::pair<std::string, std::string>> backgrounds{
      {"Solid", "background=solid"},
      {"SolidBlue", "background=solid background-color=0xff2040c0"},
      {"Gradient", "background=gradient"},
      {"GradientBlue", "background=gradient background-color=0xff2040c0"},
      {"Checkers", "background=checkers"},
      {"CheckersGreen", "background=checkers background-color=0xff106030"},
      {"Noise", "background=noise seed=3"},
      {"NoiseAndOthers", "background=noise distractors=5 seed=5"},
  };
  std::vector<UnencodedCase> cases;
  for (const auto& [name, properties] : backgrounds) {
    for (const char* format : {"I420", "NV12", "BGRx", "RGBx", "BGR", "RGB", "GRAY8"}) {
      cases.push_back({name + format, properties, format});
    }
  }
  return cases;
}

// `count` frames; where a sanitizer makes each slow, as many fewer.
std::string Frames(int count) { return " num-buffers=" + std::to_string(count / kSlowdown); }

class UnencodedTest : public testing::TestWithParam<UnencodedCase> {};

TEST_P(UnencodedTest, EveryBallIsFoundToATenthOfAPixelRms) {
  for (const int radius : {6, 17, 60, 200}) {
    const Score score = ScoreOf(
        RunPipeline("ballsrc name=source" + Frames(20) + " radius=" + std::to_string(radius) + " " +
                    GetParam().background + " ! " + Caps(GetParam().format) + kSink));
    EXPECT_EQ(score.with_ball, 20 / kSlowdown);
    EXPECT_EQ(score.found, 20 / kSlowdown) << radius;
    EXPECT_LE(score.rms, 0.1) << radius;
  }
}

INSTANTIATE_TEST_SUITE_P(Scenes, UnencodedTest, testing::ValuesIn(UnencodedCases()),
                         [](const auto& info) { return info.param.name; });

struct EncodedCase {
  std::string name;
  std::string background;
};

class EncodedTest : public testing::TestWithParam<EncodedCase> {};

TEST_P(EncodedTest, BallIsFoundToHalfAPixelRmsAfterVp8) {
  const Score score = ScoreOf(RunPipeline(
      "ballsrc name=source num-buffers=90 " + GetParam().background + " ! " + Caps("I420") +
      " ! vp8enc deadline=1 cpu-used=16 threads=1 end-usage=cbr target-bitrate=2000000"
      " keyframe-max-dist=100000 ! vp8dec" +
      kSink));
  EXPECT_EQ(score.frames, 90);
  EXPECT_GE(score.found, 89);
  EXPECT_LE(score.rms, 0.2);
  EXPECT_LE(score.worst, 1.0);
}

INSTANTIATE_TEST_SUITE_P(
    Scenes, EncodedTest,
    testing::Values(EncodedCase{"Solid", "background=solid"},
                    EncodedCase{"Checkers", "background=checkers"},
                    EncodedCase{"Noise", "background=noise"},
                    EncodedCase{"BrightNoise", "background=noise background-color=0xff808080"},
                    EncodedCase{"Gradient", "background=gradient"},
                    EncodedCase{"Others", "background=gradient distractors=4 seed=2"}),
    [](const auto& info) { return info.param.name; });

TEST(QualityTest, AnswersOnlyWhileTheBallIsThere) {
  const Score score =
      ScoreOf(RunPipeline("ballsrc name=source num-buffers=120 distractors=6 seed=9 hide-period=1 "
                          "hide-duration=0.4 ! " +
                          Caps("I420") + kSink));
  EXPECT_EQ(score.frames, 120);
  EXPECT_LT(score.with_ball, 80);
  EXPECT_EQ(score.found, score.with_ball);
  EXPECT_EQ(score.false_hits, 0);
}

TEST(QualityTest, TrackingAnswersNoWorse) {
  const std::string line =
      "ballsrc name=source num-buffers=150 speed=900 background=noise distractors=3 ! " +
      Caps("I420") + " ! balllocate track=true ! fakesink name=sink sync=false";
  const Score score = ScoreOf(RunPipeline(line));
  EXPECT_EQ(score.found, 150);
  EXPECT_LE(score.rms, 0.02);
}

TEST(QualityTest, ContrastAndHoughFindTheBallToo) {
  for (const std::string method : {"contrast", "hough"}) {
    for (const std::string format : {"I420", "BGR", "GRAY8"}) {
      const Score score = ScoreOf(
          RunPipeline("ballsrc name=source" + Frames(10) + " background=noise ! " + Caps(format) +
                      " ! balllocate method=" + method + " ! fakesink name=sink sync=false"));
      EXPECT_EQ(score.found, 10 / kSlowdown) << method << format;
      EXPECT_LE(score.rms, 0.1) << method << format;
    }
  }
}

// videotestsrc draws its ball with a rim from 18 to 20 pixels, centred on a pixel.
TEST(QualityTest, FindsVideotestsrcsBall) {
  for (const std::string format : {"I420", "NV12", "RGBx", "GRAY8"}) {
    const auto frames =
        RunPipeline("videotestsrc name=source pattern=ball num-buffers=30 ! " + Caps(format) +
                    " ! balllocate ball-color=0xffffffff ! fakesink name=sink sync=false");
    ASSERT_EQ(frames.size(), 30U);
    for (const SeenFrame& frame : frames) {
      ASSERT_TRUE(frame.answer) << format;
      EXPECT_NEAR(frame.answer->ball.radius, 19, 0.1);
    }
    EXPECT_NEAR(frames[0].answer->ball.x, 320.5, 0.02);
    EXPECT_NEAR(frames[0].answer->ball.y, 240.5, 0.02);
  }
}

}  // namespace
}  // namespace ball::test
