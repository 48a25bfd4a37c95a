// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "plugins/ballmeta.h"

namespace ball {
namespace {

constexpr int kWidth = 97;  // odd: rows of BGR are padded
constexpr int kHeight = 61;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

class BallOverlayTest : public testing::Test {
 protected:
  explicit BallOverlayTest(const char* format = "BGRx") : format_(format) {
    const std::string caps = "video/x-raw,format=" + std::string(format) +
                             ",width=" + std::to_string(kWidth) +
                             ",height=" + std::to_string(kHeight) + ",framerate=30/1";
    gst_harness_set_src_caps_str(overlay_, caps.c_str());
    g_autoptr(GstCaps) parsed = gst_caps_from_string(caps.c_str());
    gst_video_info_from_caps(&info_, parsed);
  }
  ~BallOverlayTest() override { gst_harness_teardown(overlay_); }

  GstBuffer* BlackFrame() const {
    GstBuffer* frame = gst_buffer_new_allocate(nullptr, info_.size, nullptr);
    gst_buffer_memset(frame, 0, 0, info_.size);
    return frame;
  }

  // What comes out for a black frame with these balls.
  GstBuffer* Draw(std::optional<Ball> answer, std::optional<Ball> truth = {}) {
    GstBuffer* frame = BlackFrame();
    if (answer) AttachAnswer(frame, {*answer, 0.9}, kWidth, kHeight);
    if (truth) AttachTruth(frame, *truth, kWidth, kHeight);
    return gst_harness_push_and_pull(overlay_, frame);
  }

  // Red, green and blue at (x, y).
  std::array<int, 3> ColorAt(GstBuffer* buffer, int x, int y) const {
    std::array<int, 3> color{};
    GstVideoFrame frame;
    if (!gst_video_frame_map(&frame, &info_, buffer, GST_MAP_READ)) return color;
    for (int component = 0; component < 3; ++component) {
      const auto* data = static_cast<const uint8_t*>(GST_VIDEO_FRAME_COMP_DATA(&frame, component));
      color[component] = data[y * GST_VIDEO_FRAME_COMP_STRIDE(&frame, component) +
                              x * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, component)];
    }
    gst_video_frame_unmap(&frame);
    return color;
  }

  bool IsBlack(GstBuffer* buffer) const {
    std::vector<uint8_t> bytes(info_.size);
    gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
    return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
  }

  std::string format_;
  GstVideoInfo info_;
  GstHarness* overlay_ = gst_harness_new("balloverlay");
};

using Color = std::array<int, 3>;

class BallOverlayFormatTest : public BallOverlayTest,
                              public testing::WithParamInterface<const char*> {
 protected:
  BallOverlayFormatTest() : BallOverlayTest(GetParam()) {}
};

TEST_P(BallOverlayFormatTest, DrawsTheAnswerInItsColour) {
  g_object_set(overlay_->element, "answer-color", 0xff102030, nullptr);
  g_autoptr(GstBuffer) drawn = Draw(Ball{40.5, 30.5, 20});
  EXPECT_EQ(ColorAt(drawn, 60, 30), (Color{0x10, 0x20, 0x30}));
  EXPECT_EQ(ColorAt(drawn, 40, 30), (Color{0x10, 0x20, 0x30})) << "the centre cross";
  EXPECT_EQ(ColorAt(drawn, 50, 30), (Color{0, 0, 0}));
  EXPECT_EQ(ColorAt(drawn, kWidth - 1, kHeight - 1), (Color{0, 0, 0}));
}

INSTANTIATE_TEST_SUITE_P(Formats, BallOverlayFormatTest,
                         testing::Values("BGRx", "RGBx", "BGR", "RGB", "BGRA", "RGBA"),
                         [](const auto& info) { return std::string(info.param); });

TEST_F(BallOverlayTest, FrameWithoutBallsStaysAsItIs) {
  g_autoptr(GstBuffer) drawn = Draw({});
  EXPECT_TRUE(IsBlack(drawn));
}

TEST_F(BallOverlayTest, DrawsTruthAnswerAndMagnifiedErrorInTheirColours) {
  g_object_set(overlay_->element, "truth-color", 0xff0000ff, "error-color", 0xffff0000,
               "error-scale", 3.0, "line-width", 3, nullptr);
  g_autoptr(GstBuffer) drawn = Draw(Ball{48.5, 30.5, 25}, Ball{40.5, 30.5, 25});
  const Color truth = ColorAt(drawn, 15, 30);  // its left edge; one pixel wide, so not quite full
  EXPECT_GT(truth[2], 150);
  EXPECT_EQ(truth[0], 0);
  EXPECT_EQ(ColorAt(drawn, 73, 30), (Color{0, 255, 0})) << "the answer's right edge";
  EXPECT_EQ(ColorAt(drawn, 60, 30), (Color{255, 0, 0})) << "20 px beside an error of 8 px";
}

TEST_F(BallOverlayTest, SwitchesTurnEachPartOff) {
  g_object_set(overlay_->element, "draw-answer", FALSE, "draw-truth", FALSE, "draw-error", FALSE,
               nullptr);
  g_autoptr(GstBuffer) nothing = Draw(Ball{42.5, 30.5, 25}, Ball{40.5, 30.5, 25});
  EXPECT_TRUE(IsBlack(nothing));
  for (const char* part : {"draw-answer", "draw-truth", "draw-error", "text"}) {
    g_object_set(overlay_->element, part, TRUE, nullptr);
    g_autoptr(GstBuffer) something = Draw(Ball{42.5, 30.5, 25}, Ball{40.5, 30.5, 25});
    EXPECT_FALSE(IsBlack(something)) << part;
    g_object_set(overlay_->element, part, FALSE, nullptr);
  }
}

TEST_F(BallOverlayTest, PropertyChangeWhilePlayingTakesEffectOnTheNextFrame) {
  for (const guint color : {0xff0000ffU, 0xffff00ffU}) {
    g_object_set(overlay_->element, "answer-color", color, nullptr);
    g_autoptr(GstBuffer) drawn = Draw(Ball{40.5, 30.5, 20});
    EXPECT_EQ(ColorAt(drawn, 60, 30)[0], color >> 16 & 0xff);
  }
}

TEST_F(BallOverlayTest, ReadOnlyMemoryIsCopiedNotDrawnInto) {
  std::vector<uint8_t> bytes(info_.size);
  GstBuffer* frame = gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, bytes.data(),
                                                 bytes.size(), 0, bytes.size(), nullptr, nullptr);
  AttachAnswer(frame, {{40.5, 30.5, 20}, 1}, kWidth, kHeight);
  g_autoptr(GstBuffer) drawn = gst_harness_push_and_pull(overlay_, frame);
  EXPECT_FALSE(IsBlack(drawn));
  EXPECT_EQ(std::count(bytes.begin(), bytes.end(), 0), static_cast<ptrdiff_t>(bytes.size()));
}

TEST_F(BallOverlayTest, MetasGoOnWithTheFrame) {
  g_autoptr(GstBuffer) drawn = Draw(Ball{40.5, 30.5, 20}, Ball{41.5, 30.5, 20});
  EXPECT_EQ(FindAnswer(drawn)->ball, (Ball{40.5, 30.5, 20}));
  EXPECT_EQ(FindTruth(drawn), (Ball{41.5, 30.5, 20}));
}

TEST_F(BallOverlayTest, BallsOutsideAndHugeOnesAreHarmless) {
  g_object_set(overlay_->element, "text", TRUE, "error-scale", 10000.0, "line-width", 64, nullptr);
  for (const Ball& ball : {Ball{1e300, 0, 1}, Ball{-1e9, 1e9, 5}, Ball{40, 30, 1e300},
                           Ball{kNaN, 30, 5}, Ball{40, 30, kNaN}, Ball{40, 30, -1}}) {
    g_autoptr(GstBuffer) drawn = Draw(ball, Ball{40, 30, 10});
    EXPECT_NE(drawn, nullptr);
    g_autoptr(GstBuffer) swapped = Draw(Ball{40, 30, 10}, ball);
    EXPECT_NE(swapped, nullptr);
  }
}

// It draws in place: padded frames may come where they may also go on.
TEST_F(BallOverlayTest, PaddedFramesAreWelcomeWhereDownstreamTakesThem) {
  gst_harness_add_propose_allocation_meta(overlay_, GST_VIDEO_META_API_TYPE, nullptr);
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps(overlay_->srcpad);
  g_autoptr(GstQuery) query = gst_query_new_allocation(caps, FALSE);
  ASSERT_TRUE(gst_pad_peer_query(overlay_->srcpad, query));
  EXPECT_TRUE(gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr));
}

TEST_F(BallOverlayTest, DrawsIntoPaddedFrames) {
  GstBuffer* frame = gst_buffer_new_allocate(nullptr, 1000 + 512 * kHeight, nullptr);
  gst_buffer_memset(frame, 0, 0, gst_buffer_get_size(frame));
  gsize offsets[GST_VIDEO_MAX_PLANES] = {1000};
  gint strides[GST_VIDEO_MAX_PLANES] = {512};
  gst_buffer_add_video_meta_full(frame, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_BGRx, kWidth,
                                 kHeight, 1, offsets, strides);
  AttachAnswer(frame, {{40.5, 30.5, 20}, 1}, kWidth, kHeight);
  g_autoptr(GstBuffer) drawn = gst_harness_push_and_pull(overlay_, frame);
  EXPECT_EQ(ColorAt(drawn, 60, 30), (Color{0, 255, 0}));
}

}  // namespace
}  // namespace ball
