// SPDX-License-Identifier: LGPL-2.1-or-later
// What the element promises about its buffers: format, time, truth, memory. Live: see
// gstballsrc_live_test.cpp.
#include "plugins/ballsrc/gstballsrc.h"

#include <gst/video/video.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>

#include "plugins/ballmeta.h"
#include "plugins/ballsrc/trajectory.h"
#include "tests/plugins/ballsrc/harness.h"

namespace ball {
namespace {

std::chrono::nanoseconds TimeOf(const Buffer& buffer) {
  return std::chrono::nanoseconds(GST_BUFFER_PTS(buffer.get()));
}

struct CapsDeleter {
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
};

GstVideoInfo InfoOf(const Harness& harness) {
  const std::unique_ptr<GstCaps, CapsDeleter> caps(
      gst_pad_get_current_caps(harness.get()->sinkpad));
  GstVideoInfo info;
  EXPECT_TRUE(gst_video_info_from_caps(&info, caps.get()));
  return info;
}

void WaitForEos(const Harness& harness) {
  for (;;) {
    GstEvent* event = gst_harness_pull_event(harness.get());
    ASSERT_NE(event, nullptr);
    const bool eos = GST_EVENT_TYPE(event) == GST_EVENT_EOS;
    gst_event_unref(event);
    if (eos) return;
  }
}

TEST(BallSrcTest, PrefersVgaI420At30) {
  const Harness harness = NewSource("ballsrc num-buffers=1", "video/x-raw");
  gst_harness_play(harness.get());
  Pull(harness);
  const GstVideoInfo info = InfoOf(harness);
  EXPECT_EQ(GST_VIDEO_INFO_FORMAT(&info), GST_VIDEO_FORMAT_I420);
  EXPECT_EQ(GST_VIDEO_INFO_WIDTH(&info), 640);
  EXPECT_EQ(GST_VIDEO_INFO_HEIGHT(&info), 480);
  EXPECT_EQ(GST_VIDEO_INFO_FPS_N(&info), 30);
  EXPECT_EQ(GST_VIDEO_INFO_PAR_N(&info), 1);
}

class BallSrcFormatTest : public testing::TestWithParam<const char*> {};

TEST_P(BallSrcFormatTest, BuffersAreWholePicturesOfTheFormat) {
  for (const char* size : {"width=1,height=1", "width=97,height=33", "width=640,height=480"}) {
    const std::string caps =
        std::string("video/x-raw,framerate=25/1,format=") + GetParam() + "," + size;
    const Harness harness = NewSource("ballsrc num-buffers=2 radius=9 distractors=2", caps.c_str());
    gst_harness_play(harness.get());
    const Buffer buffer = Pull(harness);
    const GstVideoInfo info = InfoOf(harness);
    EXPECT_EQ(gst_buffer_get_size(buffer.get()), GST_VIDEO_INFO_SIZE(&info)) << caps;
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, BallSrcFormatTest,
                         testing::Values("I420", "NV12", "BGRx", "RGBx", "BGR", "RGB", "GRAY8"),
                         [](const auto& test) { return std::string(test.param); });

TEST(BallSrcTest, RefusesInterlacedVideo) {
  const Harness harness =
      NewSource("ballsrc num-buffers=1", "video/x-raw,interlace-mode=interleaved");
  gst_harness_play(harness.get());
  WaitForEos(harness);
  EXPECT_EQ(gst_harness_buffers_received(harness.get()), 0U);
}

TEST(BallSrcTest, TruthIsTheTrajectoryAtTheBuffersTime) {
  const Harness harness = NewSource(
      "ballsrc num-buffers=100 radius=7.25 speed=300 direction=33 start-x=20 start-y=30", kSmall);
  gst_harness_play(harness.get());
  TrajectorySettings settings;
  settings.radius = 7.25;
  settings.speed = 300;
  settings.direction = 33;
  settings.start_x = 20;
  settings.start_y = 30;
  const Trajectory trajectory(settings, {96, 64});
  for (int i = 0; i < 100; ++i) {
    const Buffer buffer = Pull(harness);
    ASSERT_EQ(FindTruth(buffer.get()), trajectory.At(TimeOf(buffer))) << i;
  }
}

TEST(BallSrcTest, NoTruthWhileTheBallHides) {
  const Harness harness =
      NewSource("ballsrc num-buffers=40 hide-period=1 hide-duration=0.5 distractors=2", kSmall);
  gst_harness_play(harness.get());
  for (int i = 0; i < 40; ++i) {
    const bool hidden = i % 30 >= 15;
    ASSERT_EQ(FindTruth(Pull(harness).get()).has_value(), !hidden) << i;
  }
}

TEST(BallSrcTest, FramesFollowEachOtherInTime) {
  const Harness harness = NewSource(
      "ballsrc num-buffers=50", "video/x-raw,format=GRAY8,width=32,height=32,framerate=30000/1001");
  gst_harness_play(harness.get());
  GstClockTime expected = 0;
  for (guint64 i = 0; i < 50; ++i) {
    const Buffer buffer = Pull(harness);
    ASSERT_EQ(GST_BUFFER_PTS(buffer.get()), expected);
    ASSERT_EQ(GST_BUFFER_OFFSET(buffer.get()), i);
    ASSERT_EQ(GST_BUFFER_OFFSET_END(buffer.get()), i + 1);
    ASSERT_EQ(GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT), i == 0);
    expected += GST_BUFFER_DURATION(buffer.get());
  }
  EXPECT_EQ(expected, gst_util_uint64_scale(50 * GST_SECOND, 1001, 30000));
}

TEST(BallSrcTest, StillPictureIsOneBufferAndTheEnd) {
  const Harness harness =
      NewSource("ballsrc", "video/x-raw,format=GRAY8,width=32,height=32,framerate=0/1");
  gst_harness_play(harness.get());
  const Buffer buffer = Pull(harness);
  EXPECT_EQ(GST_BUFFER_PTS(buffer.get()), 0U);
  EXPECT_FALSE(GST_BUFFER_DURATION_IS_VALID(buffer.get()));
  WaitForEos(harness);
  EXPECT_EQ(gst_harness_buffers_received(harness.get()), 1U);
}

TEST(BallSrcTest, TwoInstancesGiveIdenticalFrames) {
  const char* description =
      "ballsrc num-buffers=60 motion=gravity background=noise seed=5 distractors=4 radius=8";
  EXPECT_EQ(FramesOf(description, kSmall, 60), FramesOf(description, kSmall, 60));
}

TEST(BallSrcTest, AnotherSeedGivesOtherFrames) {
  EXPECT_NE(FramesOf("ballsrc num-buffers=1 background=noise seed=1", kSmall, 1),
            FramesOf("ballsrc num-buffers=1 background=noise seed=2", kSmall, 1));
}

TEST(BallSrcTest, FollowsTheNegotiatedColorimetry) {
  const auto first_byte = [](const char* colorimetry) {
    const std::string caps = std::string(kSmall) + ",colorimetry=" + colorimetry;
    return FramesOf("ballsrc num-buffers=1 background-color=0xff00ff00", caps.c_str(), 1)[0][0];
  };
  EXPECT_EQ(first_byte("bt601"), 145);
  EXPECT_EQ(first_byte("bt709"), 173);
  EXPECT_EQ(first_byte("bt2020"), 164);
  EXPECT_EQ(first_byte("1:4:0:0"), 150);  // full range, BT.601
}

TEST(BallSrcTest, SpellsOutColorimetryAndChromaSite) {
  const auto colors = [](const char* size) {
    const Harness harness = NewSource("ballsrc num-buffers=1", size);
    gst_harness_play(harness.get());
    Pull(harness);
    const GstVideoInfo info = InfoOf(harness);
    return std::pair(GST_VIDEO_INFO_COLORIMETRY(&info).matrix, GST_VIDEO_INFO_CHROMA_SITE(&info));
  };
  EXPECT_EQ(colors("video/x-raw,width=64,height=576"),
            std::pair(GST_VIDEO_COLOR_MATRIX_BT601, GST_VIDEO_CHROMA_SITE_JPEG));
  EXPECT_EQ(colors("video/x-raw,width=64,height=578"),
            std::pair(GST_VIDEO_COLOR_MATRIX_BT709, GST_VIDEO_CHROMA_SITE_MPEG2));
  EXPECT_EQ(colors("video/x-raw,width=64,height=64,chroma-site=mpeg2"),
            std::pair(GST_VIDEO_COLOR_MATRIX_BT601, GST_VIDEO_CHROMA_SITE_MPEG2));
  EXPECT_EQ(colors("video/x-raw,width=64,height=64,colorimetry=bt2020"),
            std::pair(GST_VIDEO_COLOR_MATRIX_BT2020, GST_VIDEO_CHROMA_SITE_JPEG));
}

TEST(BallSrcTest, FollowsTheNegotiatedChromaSite) {
  const auto frame = [](const char* site) {
    return FramesOf("ballsrc num-buffers=1", (std::string(kSmall) + ",chroma-site=" + site).c_str(),
                    1)[0];
  };
  EXPECT_NE(frame("jpeg"), frame("mpeg2"));
  EXPECT_NE(frame("mpeg2"), frame("cosited"));
}

// Whoever writes to a buffer gets a copy, so that later frames are not affected.
TEST(BallSrcTest, WritersDoNotSpoilLaterFrames) {
  const char* description = "ballsrc num-buffers=50 background=checkers radius=9";
  const auto expected = FramesOf(description, kSmall, 50);
  const Harness harness = NewSource(description, kSmall);
  gst_harness_play(harness.get());
  for (int i = 0; i < 50; ++i) {
    GstBuffer* buffer = gst_buffer_make_writable(gst_harness_pull(harness.get()));
    ASSERT_TRUE(GST_MEMORY_IS_READONLY(gst_buffer_peek_memory(buffer, 0)));
    ASSERT_EQ(gst_buffer_memcmp(buffer, 0, expected[i].data(), expected[i].size()), 0) << i;
    GstMapInfo map;
    ASSERT_TRUE(gst_buffer_map(buffer, &map, GST_MAP_READWRITE));
    memset(map.data, 0xaa, map.size);
    gst_buffer_unmap(buffer, &map);
    gst_buffer_unref(buffer);
  }
}

TEST(BallSrcTest, InPlaceElementDownstreamDoesNotSpoilLaterFrames) {
  const auto expected = FramesOf("ballsrc num-buffers=50 radius=9", kSmall, 50);
  const Harness harness =
      NewSource("ballsrc num-buffers=50 radius=9 ! videobalance brightness=0.2", kSmall);
  std::vector<std::vector<uint8_t>> drawn;
  const Probe probe(harness, [&](GstBuffer* buffer) {
    drawn.push_back(BytesOf(Buffer(gst_buffer_ref(buffer))));
  });
  gst_harness_play(harness.get());
  for (int i = 0; i < 50; ++i) ASSERT_NE(BytesOf(Pull(harness)), expected[i]);
  EXPECT_EQ(drawn, expected);
}

TEST(BallSrcTest, BuffersThatAreKeptDoNotChange) {
  const char* description = "ballsrc num-buffers=40 background=noise radius=9 distractors=3";
  const auto expected = FramesOf(description, kSmall, 40);
  const Harness harness = NewSource(description, kSmall);
  gst_harness_play(harness.get());
  std::vector<Buffer> kept;
  kept.reserve(40);
  for (int i = 0; i < 40; ++i) kept.push_back(Pull(harness));
  for (int i = 0; i < 40; ++i) ASSERT_EQ(BytesOf(kept[i]), expected[i]) << i;
}

// Elements may keep the memory, in a buffer of their own, when the buffer has gone.
TEST(BallSrcTest, MemoryThatIsKeptWithoutItsBufferDoesNotChange) {
  const auto expected = FramesOf("ballsrc num-buffers=40 radius=9", kSmall, 40);
  const Harness harness = NewSource("ballsrc num-buffers=40 radius=9", kSmall);
  gst_harness_play(harness.get());
  std::vector<Buffer> kept;
  kept.reserve(40);
  for (int i = 0; i < 40; ++i) {
    const Buffer buffer = Pull(harness);
    kept.emplace_back(gst_buffer_new());
    gst_buffer_append_memory(kept.back().get(), gst_buffer_get_memory(buffer.get(), 0));
  }
  for (int i = 0; i < 40; ++i) ASSERT_EQ(BytesOf(kept[i]), expected[i]) << i;
}

TEST(BallSrcTest, BuffersOutliveTheElement) {
  Harness harness = NewSource("ballsrc num-buffers=3", kSmall);
  gst_harness_play(harness.get());
  const Buffer buffer = Pull(harness);
  const auto before = BytesOf(buffer);
  harness.reset();
  EXPECT_EQ(BytesOf(buffer), before);
}

TEST(BallSrcTest, AllMemoryIsReleasedAtTheEnd) {
  static gint alive;
  alive = 0;
  Harness harness = NewSource("ballsrc num-buffers=100", kSmall);
  gst_harness_play(harness.get());
  for (int i = 0; i < 60; ++i) {  // the others are never taken
    const Buffer buffer = Pull(harness);
    g_atomic_int_inc(&alive);
    gst_mini_object_weak_ref(
        GST_MINI_OBJECT_CAST(gst_buffer_peek_memory(buffer.get(), 0)),
        [](gpointer, GstMiniObject*) { g_atomic_int_add(&alive, -1); }, nullptr);
  }
  harness.reset();
  EXPECT_EQ(g_atomic_int_get(&alive), 0);
}

TEST(BallSrcTest, DoesNotUseAPoolThatDownstreamOffers) {
  const Harness harness = NewSource("ballsrc num-buffers=3", kSmall);
  GstBufferPool* pool = gst_buffer_pool_new();
  gst_pad_add_probe(
      harness->sinkpad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM,
      [](GstPad*, GstPadProbeInfo* info, gpointer offered) {
        GstQuery* query = GST_PAD_PROBE_INFO_QUERY(info);
        if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION) return GST_PAD_PROBE_OK;
        gst_query_add_allocation_pool(query, GST_BUFFER_POOL(offered), 1 << 20, 2, 0);
        return GST_PAD_PROBE_HANDLED;
      },
      pool, nullptr);
  gst_harness_play(harness.get());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Pull(harness)->pool, nullptr);
  EXPECT_FALSE(gst_buffer_pool_is_active(pool));
  gst_object_unref(pool);
}

TEST(BallSrcTest, RestartsFromTheBeginning) {
  const Harness harness = NewSource("ballsrc num-buffers=2", kSmall);
  for (int round = 0; round < 3; ++round) {
    gst_harness_play(harness.get());
    EXPECT_EQ(GST_BUFFER_PTS(Pull(harness).get()), 0U);
    EXPECT_NE(GST_BUFFER_PTS(Pull(harness).get()), 0U);
    gst_element_set_state(harness->element, GST_STATE_NULL);
  }
}

TEST(BallSrcTest, CapsChangeWhilePlaying) {
  constexpr char kOther[] = "video/x-raw,format=RGB,width=50,height=40,framerate=10/1";
  const Harness harness = NewSource("ballsrc num-buffers=20 radius=5", kSmall);
  int frames = 0;
  const Probe probe(harness, [&](GstBuffer*) {
    if (++frames == 15) gst_harness_set_sink_caps_str(harness.get(), kOther);
  });
  gst_harness_play(harness.get());
  for (int i = 0; i < 15; ++i) ASSERT_EQ(BytesOf(Pull(harness)).size(), 96 * 64 * 3 / 2) << i;
  const Buffer first = Pull(harness);
  EXPECT_EQ(gst_buffer_get_size(first.get()), 152 * 40U);
  EXPECT_EQ(GST_BUFFER_PTS(first.get()), GST_SECOND / 2);
  EXPECT_EQ(GST_BUFFER_DURATION(first.get()), GST_SECOND / 10);
  EXPECT_EQ(FindTruth(first.get()),
            Trajectory({.radius = 5}, {50, 40}).At(std::chrono::milliseconds(500)));
}

GstEvent* NewSeek(gdouble rate, gint64 start, gint64 stop) {
  return gst_event_new_seek(rate, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, start,
                            GST_SEEK_TYPE_SET, stop);
}

TEST(BallSrcTest, SeeksToTheFrameThatIsShownThen) {
  const auto expected = FramesOf("ballsrc num-buffers=63", kSmall, 63);
  const Harness harness = NewSource("ballsrc", kSmall);
  gst_element_send_event(SourceIn(harness).get(), NewSeek(1, 2'000'000'000, 2'100'000'000));
  gst_harness_play(harness.get());
  for (int i = 60; i < 63; ++i) EXPECT_EQ(BytesOf(Pull(harness)), expected[i]);
  WaitForEos(harness);
  EXPECT_EQ(gst_harness_buffers_received(harness.get()), 3U);
  EXPECT_TRUE(gst_element_send_event(SourceIn(harness).get(), NewSeek(1, 0, 100'000'000)));
  EXPECT_EQ(BytesOf(Pull(harness)), expected[0]);
}

TEST(BallSrcTest, RefusesToPlayBackwards) {
  const Harness harness = NewSource("ballsrc num-buffers=1", kSmall);
  gst_harness_play(harness.get());
  Pull(harness);
  EXPECT_FALSE(gst_element_send_event(SourceIn(harness).get(), NewSeek(-1, 0, 1'000'000'000)));
}

// In a process of its own, which has no memory left for a picture of 3.6 GB.
void PlayHugePicture() {
  g_autoptr(GstElement) pipeline = gst_parse_launch(
      "ballsrc ! video/x-raw,format=BGRx,width=30000,height=30000 ! fakesink", nullptr);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // A sanitizer takes terabytes of addresses; its options bound what is allocated, likewise
  // (tests/sanitizers/run.sh).
  const rlimit limit{2UL << 30, 2UL << 30};
  setrlimit(RLIMIT_AS, &limit);
#endif
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  g_autoptr(GstMessage) message =
      gst_bus_timed_pop_filtered(bus, 10 * GST_SECOND, GST_MESSAGE_ERROR);
  g_autoptr(GError) error = nullptr;
  if (message != nullptr) gst_message_parse_error(message, &error, nullptr);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  const bool told = g_error_matches(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT);
  std::quick_exit(told ? 0 : 1);
}

TEST(BallSrcDeathTest, NoMemoryIsAnElementError) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(PlayHugePicture(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace ball
