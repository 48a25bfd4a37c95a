// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/frame_gap.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>

#include "apps/link/codec.h"
#include "plugins/ballmeta.h"

namespace ball {
namespace {

constexpr GstClockTime kFrame = GST_SECOND / 30;

struct EndHarness {
  void operator()(GstHarness* harness) const { gst_harness_teardown(harness); }
};
using Harness = std::unique_ptr<GstHarness, EndHarness>;

GstBuffer* Drawn() {
  GstBuffer* frame = gst_buffer_new();
  GST_BUFFER_DURATION(frame) = kFrame;
  return frame;
}

GstClockTime DurationOf(GstBuffer* frame) {
  const GstClockTime duration = GST_BUFFER_DURATION(frame);
  gst_buffer_unref(frame);
  return duration;
}

TEST(FrameGapTest, LeavesFramesAsTheyAre) {
  FrameGap gap;
  EXPECT_EQ(DurationOf(gap.Mend(Drawn(), 5 * GST_SECOND)), kFrame);
  EXPECT_EQ(DurationOf(gap.Mend(Drawn(), 5 * GST_SECOND + 2 * kFrame)), kFrame);
}

TEST(FrameGapTest, HalvesTheFirstAfterAGap) {
  FrameGap gap;
  GstBuffer* const shared = Drawn();
  gst_buffer_unref(gap.Mend(Drawn(), 0));
  EXPECT_EQ(DurationOf(gap.Mend(gst_buffer_ref(shared), GST_SECOND)), kFrame / 2);
  EXPECT_EQ(DurationOf(gap.Mend(gst_buffer_ref(shared), GST_SECOND + kFrame)), kFrame);
  EXPECT_EQ(DurationOf(shared), kFrame) << "somebody else's frame was changed";
}

TEST(FrameGapTest, TakesFramesWithoutDuration) {
  FrameGap gap;
  gst_buffer_unref(gap.Mend(gst_buffer_new(), 0));
  EXPECT_EQ(DurationOf(gap.Mend(gst_buffer_new(), GST_SECOND)), GST_CLOCK_TIME_NONE);
}

struct EncoderCase {
  Codec codec;
  const char* decoder;
};

class EncodedGapTest : public testing::TestWithParam<EncoderCase> {
 protected:
  // How many of 60 frames after the first and a gap of that many frames have a ball that is found
  // where it was drawn.
  static int FoundAfter(int gap_frames) {
    const auto& [codec, decoder] = GetParam();
    const int frames = gap_frames + 60;
    // As many as are taken: where encoding is slow the others would wait, without end.
    const Harness source(gst_harness_new_parse(
        ("ballsrc num-buffers=" + std::to_string(frames) +
         " ! capsfilter caps=video/x-raw,format=I420,width=640,height=480,framerate=30/1")
            .c_str()));
    const Harness coder(gst_harness_new_parse(
        (EncoderFragment(codec, 2000000) + " ! " + decoder + " ! balllocate").c_str()));
    gst_harness_play(source.get());
    FrameGap gap;
    int found = 0;
    for (int i = 0; i < frames; ++i) {
      GstBuffer* frame = gst_harness_pull(source.get());
      if (i == 0) gst_harness_set_src_caps(coder.get(), CapsOf(source.get()));
      if (i > 0 && i < gap_frames) {
        gst_buffer_unref(frame);
        continue;
      }
      const auto truth = FindTruth(frame);
      gst_harness_push(coder.get(), gap.Mend(frame, GST_BUFFER_PTS(frame)));
      GstBuffer* located = gst_harness_pull(coder.get());
      const auto answer = FindAnswer(located);
      gst_buffer_unref(located);
      if (i > 0 && truth && answer && Distance(*truth, answer->ball) < 0.25) ++found;
    }
    return found;
  }

  static double Distance(const Ball& a, const Ball& b) { return std::hypot(a.x - b.x, a.y - b.y); }
  static GstCaps* CapsOf(GstHarness* source) { return gst_pad_get_current_caps(source->sinkpad); }
};

// The frame after the gap comes one second and one frame time after the first.
TEST_P(EncodedGapTest, BallIsFoundAfterAGapOfASecond) { EXPECT_EQ(FoundAfter(31), 60); }

TEST_P(EncodedGapTest, BallIsFoundAfterOtherGaps) {
  EXPECT_EQ(FoundAfter(15), 60);
  EXPECT_EQ(FoundAfter(30), 60);
  EXPECT_EQ(FoundAfter(32), 60);
}

INSTANTIATE_TEST_SUITE_P(Codecs, EncodedGapTest,
                         testing::Values(EncoderCase{Codec::kVp8, "vp8dec"},
                                         EncoderCase{Codec::kVp9, "vp9dec"}),
                         [](const auto& param) {
                           return std::string(param.param.decoder).substr(0, 3);
                         });

}  // namespace
}  // namespace ball
