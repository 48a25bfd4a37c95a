// SPDX-License-Identifier: LGPL-2.1-or-later
// 10,000 frames without a ball, and not one answer; where a sanitizer makes each slow, as many
// fewer.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <string>

#include "plugins/balllocate/locator.h"
#include "tests/patience.h"
#include "tests/plugins/balllocate/ball_pipeline.h"
#include "tests/plugins/balllocate/test_picture.h"

namespace ball::test {
namespace {

void ExpectNoAnswers(const std::string& source, int frames, const std::string& caps) {
  const auto seen = RunPipeline(source + " name=source num-buffers=" + std::to_string(frames) +
                                " ! video/x-raw,framerate=30/1," + caps +
                                " ! balllocate ! fakesink name=sink sync=false");
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(frames));
  for (const SeenFrame& frame : seen) {
    EXPECT_FALSE(frame.answer) << source << " " << caps;
    if (frame.answer) return;
  }
}

// 4 x 5 x 120 = 2,400 frames.
TEST(NoFalseHitsTest, OnBackgroundsWithDistractors) {
  for (const char* background : {"solid", "gradient", "checkers", "noise"}) {
    for (int seed = 1; seed <= 5; ++seed) {
      std::string source = "ballsrc hide-period=1 hide-duration=1 distractors=5 radius=14 seed=";
      source.append(std::to_string(seed)).append(" background=").append(background);
      ExpectNoAnswers(source, 120 / kSlowdown, "format=I420,width=240,height=180");
    }
  }
}

// 23 x 2 x 60 = 2,760 frames.
TEST(NoFalseHitsTest, OnTestPatterns) {
  for (const std::string pattern : {"smpte",
                                    "snow",
                                    "black",
                                    "white",
                                    "red",
                                    "green",
                                    "blue",
                                    "checkers-1",
                                    "checkers-2",
                                    "checkers-4",
                                    "checkers-8",
                                    "circular",
                                    "blink",
                                    "smpte75",
                                    "zone-plate",
                                    "gamut",
                                    "chroma-zone-plate",
                                    "solid-color",
                                    "ball",
                                    "smpte100",
                                    "pinwheel",
                                    "spokes",
                                    "gradient"}) {
    for (const std::string caps :
         {"format=I420,width=320,height=240", "format=BGRx,width=161,height=121"}) {
      ExpectNoAnswers("videotestsrc kx2=20 ky2=20 kt=1 pattern=" + pattern, 60 / kSlowdown, caps);
    }
  }
}

// 2 x 1,000 = 2,000 frames.
TEST(NoFalseHitsTest, OnSnow) {
  for (const std::string format : {"GRAY8", "I420"}) {
    ExpectNoAnswers("videotestsrc pattern=snow", 1000 / kSlowdown,
                    "format=" + format + ",width=160,height=120");
  }
}

// 3 x 2 x 500 = 3,000 frames.
TEST(NoFalseHitsTest, OnNoiseAndPhotographsOfEverySeed) {
  locate::Locator locator({});
  for (std::uint32_t seed = 0; seed < 500 / kSlowdown; ++seed) {
    for (const auto& background : {locate::test::GreyNoise(seed), locate::test::ColorNoise(seed),
                                   locate::test::Photograph(seed)}) {
      const locate::test::TestPicture picture(96, 80, background);
      for (const auto format : {locate::PixelFormat::kI420, locate::PixelFormat::kBgr}) {
        const locate::test::CodedFrame frame(picture, format);
        EXPECT_FALSE(locator.Locate(frame.view())) << seed;
      }
    }
  }
}

}  // namespace
}  // namespace ball::test
