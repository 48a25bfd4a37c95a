// SPDX-License-Identifier: LGPL-2.1-or-later
// The element balllocate: what it does to buffers, what it says, and what it survives.
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "plugins/ballmeta.h"
#include "tests/plugins/balllocate/test_picture.h"

namespace ball::test {
namespace {

using locate::PixelFormat;
using locate::test::CodedFrame;
using locate::test::TestPicture;

constexpr int kWidth = 160;
constexpr int kHeight = 120;
constexpr Ball kTruth{70.4, 52.7, 13};

struct HarnessTeardown {
  void operator()(GstHarness* harness) const { gst_harness_teardown(harness); }
};
using Harness = std::unique_ptr<GstHarness, HarnessTeardown>;

struct BufferUnref {
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
};
using Buffer = std::unique_ptr<GstBuffer, BufferUnref>;

std::string CapsOf(const std::string& format, int width, int height) {
  return "video/x-raw,format=" + format + ",width=" + std::to_string(width) +
         ",height=" + std::to_string(height) + ",framerate=30/1";
}

Harness Launch(const std::string& properties = "", const std::string& format = "I420",
               int width = kWidth, int height = kHeight) {
  Harness harness(gst_harness_new_parse(("balllocate name=locate " + properties).c_str()));
  gst_harness_set_src_caps_str(harness.get(), CapsOf(format, width, height).c_str());
  return harness;
}

// The frame as GStreamer lays it out.
GstBuffer* BufferOf(const TestPicture& picture, GstVideoFormat format) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, format, static_cast<guint>(picture.width()),
                            static_cast<guint>(picture.height()));
  // GStreamer's own defaults for such caps: BT.601 for small pictures, RGB and grey in full range.
  locate::Colorimetry colors;
  colors.full_range = info.colorimetry.range != GST_VIDEO_COLOR_RANGE_16_235;
  const PixelFormat ours = format == GST_VIDEO_FORMAT_I420   ? PixelFormat::kI420
                           : format == GST_VIDEO_FORMAT_BGRx ? PixelFormat::kBgrx
                                                             : PixelFormat::kGray8;
  const CodedFrame coded(picture, ours, colors);
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info), nullptr);
  gst_buffer_memset(buffer, 0, 0, GST_VIDEO_INFO_SIZE(&info));
  GstVideoFrame frame;
  gst_video_frame_map(&frame, &info, buffer, GST_MAP_WRITE);
  for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES(&frame); ++plane) {
    const int rows = GST_VIDEO_FRAME_COMP_HEIGHT(&frame, plane);
    const int bytes =
        GST_VIDEO_FRAME_COMP_WIDTH(&frame, plane) * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, plane);
    auto* out = static_cast<guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane));
    const guint8* in = coded.view().planes[plane].data;
    for (int y = 0; y < rows; ++y) {
      std::memcpy(out, in, bytes);
      out += GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane);
      in += coded.view().planes[plane].stride;
    }
  }
  gst_video_frame_unmap(&frame);
  GST_BUFFER_PTS(buffer) = 2 * GST_SECOND;
  GST_BUFFER_DURATION(buffer) = GST_SECOND / 30;
  return buffer;
}

TestPicture Scene() {
  TestPicture picture(kWidth, kHeight, locate::test::GreyNoise(1));
  picture.DrawDisc(kTruth, locate::test::kOrange);
  return picture;
}

GstBuffer* BallBuffer() { return BufferOf(Scene(), GST_VIDEO_FORMAT_I420); }

GstBuffer* EmptyBuffer() {
  return BufferOf(TestPicture(kWidth, kHeight, locate::test::GreyNoise(1)), GST_VIDEO_FORMAT_I420);
}

Buffer Push(const Harness& harness, GstBuffer* buffer) {
  return Buffer(gst_harness_push_and_pull(harness.get(), buffer));
}

void ExpectAnswer(GstBuffer* buffer, const Ball& truth) {
  const auto answer = FindAnswer(buffer);
  ASSERT_TRUE(answer);
  EXPECT_NEAR(answer->ball.x, truth.x, 0.1);
  EXPECT_NEAR(answer->ball.y, truth.y, 0.1);
  EXPECT_NEAR(answer->ball.radius, truth.radius, 0.2);
  EXPECT_GT(answer->confidence, 0.8);
  EXPECT_LE(answer->confidence, 1);
}

int CountRegions(GstBuffer* buffer, const char* type) {
  int count = 0;
  gpointer state = nullptr;
  while (GstMeta* meta = gst_buffer_iterate_meta_filtered(
             buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE)) {
    const auto* region = reinterpret_cast<GstVideoRegionOfInterestMeta*>(meta);
    if (region->roi_type == g_quark_from_string(type)) ++count;
  }
  return count;
}

std::vector<guint8> BytesOf(GstBuffer* buffer) {
  std::vector<guint8> bytes(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

TEST(GstBallLocateTest, AttachesTheAnswer) {
  const auto harness = Launch();
  const auto out = Push(harness, BallBuffer());
  ExpectAnswer(out.get(), kTruth);
  EXPECT_EQ(CountRegions(out.get(), kAnswerMetaType), 1);
}

TEST(GstBallLocateTest, RegionIsTheBallsRectangle) {
  const auto harness = Launch();
  const auto out = Push(harness, BallBuffer());
  const auto* region = gst_buffer_get_video_region_of_interest_meta(out.get());
  ASSERT_NE(region, nullptr);
  EXPECT_NEAR(region->x, kTruth.x - kTruth.radius, 1);
  EXPECT_NEAR(region->y, kTruth.y - kTruth.radius, 1);
  EXPECT_NEAR(region->w, 2 * kTruth.radius, 2);
  EXPECT_NEAR(region->h, 2 * kTruth.radius, 2);
}

TEST(GstBallLocateTest, AttachesNothingWithoutABall) {
  const auto harness = Launch();
  EXPECT_EQ(CountRegions(Push(harness, EmptyBuffer()).get(), kAnswerMetaType), 0);
}

TEST(GstBallLocateTest, ReplacesOldAnswersAndKeepsOtherMetas) {
  for (GstBuffer* buffer : {BallBuffer(), EmptyBuffer()}) {
    AttachAnswer(buffer, {{9, 9, 9}, 0.5}, kWidth, kHeight);
    AttachAnswer(buffer, {{8, 8, 8}, 0.5}, kWidth, kHeight);
    AttachTruth(buffer, kTruth, kWidth, kHeight);
    const auto harness = Launch();
    const auto out = Push(harness, buffer);
    EXPECT_EQ(FindTruth(out.get()), kTruth);
    EXPECT_LE(CountRegions(out.get(), kAnswerMetaType), 1);
    const auto answer = FindAnswer(out.get());
    if (answer) {
      EXPECT_NEAR(answer->ball.x, kTruth.x, 0.1);
    }
  }
}

TEST(GstBallLocateTest, HandsOnTheSameMemory) {
  const auto harness = Launch();
  GstBuffer* in = BallBuffer();
  GstMemory* memory = gst_buffer_peek_memory(in, 0);
  const auto before = BytesOf(in);
  const auto out = Push(harness, in);
  EXPECT_EQ(out.get(), in);
  EXPECT_EQ(gst_buffer_peek_memory(out.get(), 0), memory);
  EXPECT_EQ(BytesOf(out.get()), before);
}

TEST(GstBallLocateTest, HandsOnReadOnlyAndSharedMemoryUncopied) {
  const auto harness = Launch();
  GstBuffer* in = BallBuffer();
  GST_MINI_OBJECT_FLAG_SET(gst_buffer_peek_memory(in, 0), GST_MEMORY_FLAG_READONLY);
  GstMapInfo map;
  ASSERT_TRUE(gst_buffer_map(in, &map, GST_MAP_READ));
  const guint8* const data = map.data;
  gst_buffer_unmap(in, &map);
  const auto before = BytesOf(in);
  // Somebody else holds the buffer, so it is not writable either.
  const Buffer kept(gst_buffer_ref(in));
  const auto out = Push(harness, in);
  ExpectAnswer(out.get(), kTruth);
  EXPECT_EQ(CountRegions(kept.get(), kAnswerMetaType), 0);
  ASSERT_TRUE(gst_buffer_map(out.get(), &map, GST_MAP_READ));
  EXPECT_EQ(map.data, data);
  gst_buffer_unmap(out.get(), &map);
  EXPECT_EQ(BytesOf(out.get()), before);
  EXPECT_EQ(GST_BUFFER_PTS(out.get()), 2 * GST_SECOND);
}

TEST(GstBallLocateTest, ReadsFramesWithPaddedRows) {
  const auto harness = Launch("", "GRAY8");
  const Buffer tight(BufferOf(Scene(), GST_VIDEO_FORMAT_GRAY8));
  const auto bytes = BytesOf(tight.get());
  constexpr gsize kStride = kWidth + 24;
  GstBuffer* padded = gst_buffer_new_allocate(nullptr, kStride * kHeight, nullptr);
  gst_buffer_memset(padded, 0, 77, kStride * kHeight);
  for (gsize y = 0; y < kHeight; ++y) {
    gst_buffer_fill(padded, y * kStride, bytes.data() + y * kWidth, kWidth);
  }
  gsize offsets[GST_VIDEO_MAX_PLANES] = {0};
  gint strides[GST_VIDEO_MAX_PLANES] = {static_cast<gint>(kStride)};
  gst_buffer_add_video_meta_full(padded, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, kWidth,
                                 kHeight, 1, offsets, strides);
  const auto answer = FindAnswer(Push(harness, padded).get());
  ASSERT_TRUE(answer);
  EXPECT_NEAR(answer->ball.x, kTruth.x, 0.2);
}

TEST(GstBallLocateTest, FollowsNewCaps) {
  const auto harness = Launch();
  ExpectAnswer(Push(harness, BallBuffer()).get(), kTruth);
  gst_harness_set_src_caps_str(harness.get(), CapsOf("BGRx", 97, 75).c_str());
  TestPicture picture(97, 75, locate::test::Solid(locate::test::kBlack));
  const Ball truth{31.3, 40.9, 9};
  picture.DrawDisc(truth, locate::test::kOrange);
  ExpectAnswer(Push(harness, BufferOf(picture, GST_VIDEO_FORMAT_BGRx)).get(), truth);
}

TEST(GstBallLocateTest, FollowsPropertiesWhilePlaying) {
  const auto harness = Launch();
  g_autoptr(GstElement) element = gst_harness_find_element(harness.get(), "balllocate");
  EXPECT_TRUE(FindAnswer(Push(harness, BallBuffer()).get()));
  g_object_set(element, "ball-color", 0xff0000ffU, nullptr);
  EXPECT_FALSE(FindAnswer(Push(harness, BallBuffer()).get()));
  g_object_set(element, "ball-color", 0xffff8000U, "min-radius", 20.0, nullptr);
  EXPECT_FALSE(FindAnswer(Push(harness, BallBuffer()).get()));
  g_object_set(element, "min-radius", 5.0, "max-radius", 10.0, nullptr);
  EXPECT_FALSE(FindAnswer(Push(harness, BallBuffer()).get()));
  g_object_set(element, "max-radius", 0.0, nullptr);
  gst_util_set_object_arg(G_OBJECT(element), "method", "hough");
  EXPECT_TRUE(FindAnswer(Push(harness, BallBuffer()).get()));
}

TEST(GstBallLocateTest, PropertiesHaveTheirDefaultsAndKeepWhatIsSet) {
  const auto harness = Launch();
  g_autoptr(GstElement) element = gst_harness_find_element(harness.get(), "balllocate");
  guint color = 0;
  gdouble tolerance = 0, least = 0, most = -1;
  gint method = -1;
  gboolean track = TRUE, post = TRUE;
  const auto read = [&] {
    g_object_get(element, "ball-color", &color, "tolerance", &tolerance, "min-radius", &least,
                 "max-radius", &most, "method", &method, "track", &track, "post-messages", &post,
                 nullptr);
  };
  read();
  EXPECT_EQ(color, 0xffff8000U);
  EXPECT_EQ(tolerance, 0.1);
  EXPECT_EQ(least, 5);
  EXPECT_EQ(most, 0);
  EXPECT_EQ(method, 0);
  EXPECT_FALSE(track);
  EXPECT_FALSE(post);
  g_object_set(element, "ball-color", 7U, "tolerance", 0.5, "min-radius", 3.0, "max-radius", 9.0,
               "method", 1, "track", TRUE, "post-messages", TRUE, nullptr);
  read();
  EXPECT_EQ(color, 7U);
  EXPECT_EQ(tolerance, 0.5);
  EXPECT_EQ(least, 3);
  EXPECT_EQ(most, 9);
  EXPECT_EQ(method, 1);
  EXPECT_TRUE(track);
  EXPECT_TRUE(post);
}

class MessageTest : public testing::Test {
 protected:
  // What the element said of a frame; the harness has no bus of its own.
  GstStructure* Say(const std::string& properties, GstBuffer* buffer) {
    const auto harness = Launch(properties);
    g_autoptr(GstElement) element = gst_harness_find_element(harness.get(), "balllocate");
    g_autoptr(GstBus) bus = gst_bus_new();
    gst_element_set_bus(element, bus);
    Push(harness, buffer);
    g_autoptr(GstMessage) message = gst_bus_pop_filtered(bus, GST_MESSAGE_ELEMENT);
    gst_element_set_bus(element, nullptr);
    if (message == nullptr) return nullptr;
    return gst_structure_copy(gst_message_get_structure(message));
  }
};

TEST_F(MessageTest, TellsWhatWasFound) {
  g_autoptr(GstStructure) said = Say("post-messages=true", BallBuffer());
  ASSERT_NE(said, nullptr);
  EXPECT_STREQ(gst_structure_get_name(said), "balllocate");
  gboolean found = FALSE;
  gdouble x = 0, y = 0, radius = 0, confidence = 0;
  guint64 timestamp = 0, stream_time = 0, running_time = 0, duration = 0;
  EXPECT_TRUE(gst_structure_get(
      said, "found", G_TYPE_BOOLEAN, &found, "x", G_TYPE_DOUBLE, &x, "y", G_TYPE_DOUBLE, &y,
      "radius", G_TYPE_DOUBLE, &radius, "confidence", G_TYPE_DOUBLE, &confidence, "timestamp",
      G_TYPE_UINT64, &timestamp, "stream-time", G_TYPE_UINT64, &stream_time, "running-time",
      G_TYPE_UINT64, &running_time, "duration", G_TYPE_UINT64, &duration, nullptr));
  EXPECT_TRUE(found);
  EXPECT_NEAR(x, kTruth.x, 0.1);
  EXPECT_NEAR(y, kTruth.y, 0.1);
  EXPECT_NEAR(radius, kTruth.radius, 0.2);
  EXPECT_GT(confidence, 0.8);
  EXPECT_EQ(timestamp, 2 * GST_SECOND);
  EXPECT_EQ(stream_time, 2 * GST_SECOND);
  EXPECT_EQ(running_time, 2 * GST_SECOND);
  EXPECT_EQ(duration, GST_SECOND / 30);
}

TEST_F(MessageTest, TellsThatNothingWasFound) {
  g_autoptr(GstStructure) said = Say("post-messages=true", EmptyBuffer());
  ASSERT_NE(said, nullptr);
  gboolean found = TRUE;
  gdouble x = 1, confidence = 1;
  EXPECT_TRUE(gst_structure_get(said, "found", G_TYPE_BOOLEAN, &found, "x", G_TYPE_DOUBLE, &x,
                                "confidence", G_TYPE_DOUBLE, &confidence, nullptr));
  EXPECT_FALSE(found);
  EXPECT_EQ(x, 0);
  EXPECT_EQ(confidence, 0);
}

TEST_F(MessageTest, IsSilentUnlessAsked) { EXPECT_EQ(Say("", BallBuffer()), nullptr); }

struct HostileSize {
  int width;
  int height;
};

class HostileSizeTest : public testing::TestWithParam<HostileSize> {};

TEST_P(HostileSizeTest, IsSurvivedByEveryMethod) {
  const auto [width, height] = GetParam();
  for (const std::string method : {"color", "contrast", "hough"}) {
    for (const auto format :
         {GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_BGRx, GST_VIDEO_FORMAT_GRAY8}) {
      const auto harness = Launch("track=true min-radius=2 method=" + method,
                                  gst_video_format_to_string(format), width, height);
      const TestPicture picture(width, height, locate::test::Photograph(3));
      for (int k = 0; k < 2; ++k) EXPECT_TRUE(Push(harness, BufferOf(picture, format)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, HostileSizeTest,
                         testing::Values(HostileSize{1, 1}, HostileSize{3, 2}, HostileSize{2, 3},
                                         HostileSize{1, 200}, HostileSize{301, 1},
                                         HostileSize{17, 15}, HostileSize{333, 5}));

TEST(GstBallLocateTest, RefusesAFrameThatIsTooSmall) {
  const auto harness = Launch();
  EXPECT_EQ(gst_harness_push(harness.get(), gst_buffer_new_allocate(nullptr, 100, nullptr)),
            GST_FLOW_ERROR);
}

TEST(GstBallLocateTest, TrackForgetsAtAFlush) {
  const auto harness = Launch("track=true");
  TestPicture two = Scene();
  two.DrawDisc({124.3, 90.2, 18}, locate::test::kOrange);
  EXPECT_TRUE(FindAnswer(Push(harness, BallBuffer()).get()));
  ExpectAnswer(Push(harness, BufferOf(two, GST_VIDEO_FORMAT_I420)).get(), kTruth);
  gst_harness_push_event(harness.get(), gst_event_new_flush_start());
  gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
  ExpectAnswer(Push(harness, BufferOf(two, GST_VIDEO_FORMAT_I420)).get(), {124.3, 90.2, 18});
}

TEST(GstBallLocateTest, LetsUpstreamAllocateWhatDownstreamWants) {
  const auto harness = Launch();
  gst_harness_add_propose_allocation_meta(harness.get(), GST_VIDEO_META_API_TYPE, nullptr);
  g_autoptr(GstCaps) caps = gst_caps_from_string(CapsOf("I420", kWidth, kHeight).c_str());
  g_autoptr(GstQuery) query = gst_query_new_allocation(caps, FALSE);
  ASSERT_TRUE(gst_pad_peer_query(harness->srcpad, query));
  EXPECT_TRUE(gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr));
}

TEST(GstBallLocateTest, TwoInstancesAgree) {
  const auto one = Launch();
  const auto other = Launch();
  const auto first = FindAnswer(Push(one, BallBuffer()).get());
  const auto second = FindAnswer(Push(other, BallBuffer()).get());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->ball, second->ball);
  EXPECT_EQ(first->confidence, second->confidence);
}

}  // namespace
}  // namespace ball::test
