// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/source_pipeline.h"

#include <gmock/gmock.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/run_until.h"

namespace ball {
namespace {

using std::chrono::milliseconds;

// Half of what the ball moves from one frame to the next: nearer is the right frame.
constexpr double kHalfAStep = 2.5;
// A ball of 20 px, white on black, that moves five pixels a frame.
constexpr char kBall[] =
    "ballsrc ball-color=0xffffffff background=solid background-color=0xff000000 radius=20 "
    "speed=300 direction=30 is-live=";

SourcePipeline::Settings Settings(Codec codec, const std::string& source) {
  SourcePipeline::Settings settings;
  settings.source = source;
  settings.width = 320;
  settings.height = 240;
  settings.framerate = "60/1";
  settings.codec = codec;
  return settings;
}

SourcePipeline::Settings LiveBall(Codec codec = Codec::kVp8) {
  return Settings(codec, std::string(kBall) + "true");
}

// A source and what it told.
struct Source {
  int caps = 0;
  int ends = 0;
  std::vector<std::string> failures;
  SourcePipeline pipeline{{[this] { ++caps; }, [this] { ++ends; },
                           [this](const std::string& reason) { failures.push_back(reason); }}};

  bool AwaitCaps() {
    return RunUntil([this] { return caps > 0 || !failures.empty(); }) && failures.empty();
  }
};

// Keeps what a source draws and encodes.
class Collector : public FrameOutlet {
 public:
  struct Encoded {
    Ref<GstBuffer> buffer;
    bool key;
    DrawnFrame frame;
  };

  // `stall`: how long its fifth frame holds up the source.
  explicit Collector(SourcePipeline& source, milliseconds stall = milliseconds(0))
      : source_(source), stall_(stall) {
    source_.fanout().Add(*this);
  }
  ~Collector() { source_.fanout().Remove(*this); }
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  std::vector<DrawnFrame> drawn() const {
    const std::lock_guard guard(lock_);
    return drawn_;
  }
  // From the first key frame on.
  std::vector<Encoded> encoded() const {
    const std::lock_guard guard(lock_);
    return encoded_;
  }

 private:
  void OnDrawn(const DrawnFrame& frame) override {
    std::unique_lock guard(lock_);
    drawn_.push_back(frame);
    const bool stalls = drawn_.size() == 5;
    guard.unlock();
    if (stalls) std::this_thread::sleep_for(stall_);
  }
  void OnEncoded(GstBuffer* buffer, bool key, const DrawnFrame& frame) override {
    const std::lock_guard guard(lock_);
    if (encoded_.empty() && !key) return;
    encoded_.push_back({Ref<GstBuffer>::retain(buffer), key, frame});
  }

  SourcePipeline& source_;
  const milliseconds stall_;
  mutable std::mutex lock_;
  std::vector<DrawnFrame> drawn_;
  std::vector<Encoded> encoded_;
};

// The centroid of what is bright, in pixels.
std::pair<double, double> FindBall(GstCaps* caps, GstBuffer* buffer) {
  GstVideoInfo info;
  GstVideoFrame frame;
  if (!gst_video_info_from_caps(&info, caps) ||
      !gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ)) {
    return {};
  }
  const auto* luma = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0));
  double x = 0;
  double y = 0;
  double bright = 0;
  for (int row = 0; row < GST_VIDEO_FRAME_HEIGHT(&frame); ++row) {
    for (int column = 0; column < GST_VIDEO_FRAME_WIDTH(&frame); ++column) {
      if (luma[row * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0) + column] < 128) continue;
      x += column + 0.5;
      y += row + 0.5;
      ++bright;
    }
  }
  gst_video_frame_unmap(&frame);
  return {x / std::max(1.0, bright), y / std::max(1.0, bright)};
}

// Where the ball is in each of the encoded frames, as a receiver sees it.
std::vector<std::pair<double, double>> FindBalls(Codec codec, GstCaps* caps,
                                                 const std::vector<Collector::Encoded>& encoded) {
  const std::string text = PayloaderFragment(codec) + " ! " + DecoderFragment(codec) +
                           " ! videoconvert ! capsfilter caps=video/x-raw,format=I420";
  const std::unique_ptr<GstHarness, decltype(&gst_harness_teardown)> decoder(
      gst_harness_new_parse(text.c_str()), gst_harness_teardown);
  gst_harness_set_src_caps(decoder.get(), gst_caps_ref(caps));
  std::vector<std::pair<double, double>> balls;
  for (const Collector::Encoded& frame : encoded) {
    gst_harness_push(decoder.get(), gst_buffer_copy(frame.buffer.get()));
    while (GstBuffer* raw = gst_harness_try_pull(decoder.get())) {
      const auto owned = Ref<GstBuffer>::adopt(raw);
      const auto raw_caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(decoder.get()->sinkpad));
      balls.push_back(FindBall(raw_caps.get(), raw));
    }
  }
  return balls;
}

class SourcePipelineCodecTest : public testing::TestWithParam<Codec> {};

INSTANTIATE_TEST_SUITE_P(Codecs, SourcePipelineCodecTest,
                         testing::Values(Codec::kVp8, Codec::kVp9, Codec::kH264),
                         [](const auto& info) { return EncodingName(info.param); });

TEST_P(SourcePipelineCodecTest, TellsItsCapsOnceWithSizeAndFramerate) {
  Source source;
  EXPECT_EQ(source.pipeline.width(), 0);
  EXPECT_EQ(source.pipeline.height(), 0);
  EXPECT_EQ(source.pipeline.framerate(), "");
  EXPECT_FALSE(source.pipeline.encoded_caps());
  ASSERT_EQ(source.pipeline.Start(LiveBall(GetParam())), "");
  ASSERT_TRUE(source.AwaitCaps());
  EXPECT_EQ(source.pipeline.width(), 320);
  EXPECT_EQ(source.pipeline.height(), 240);
  EXPECT_EQ(source.pipeline.framerate(), "60/1");
  ASSERT_TRUE(source.pipeline.encoded_caps());
  const OwnedString type(g_ascii_strdown(EncodingName(GetParam()).c_str(), -1));
  EXPECT_STREQ(
      gst_structure_get_name(gst_caps_get_structure(source.pipeline.encoded_caps().get(), 0)),
      ("video/x-" + std::string(type.get())).c_str());
  const Collector collector(source.pipeline);
  EXPECT_TRUE(RunUntil([&] { return collector.drawn().size() >= 30; }));
  EXPECT_EQ(source.caps, 1);
  EXPECT_TRUE(source.failures.empty());
}

TEST_P(SourcePipelineCodecTest, EachEncodedFrameComesWithItsOwnTruth) {
  Source source;
  ASSERT_EQ(source.pipeline.Start(LiveBall(GetParam())), "");
  ASSERT_TRUE(source.AwaitCaps());
  const Collector collector(source.pipeline);
  source.pipeline.fanout().RequestKeyFrame();
  ASSERT_TRUE(RunUntil([&] { return collector.encoded().size() >= 60; }));
  source.pipeline.Stop();
  const auto encoded = collector.encoded();
  const auto balls = FindBalls(GetParam(), source.pipeline.encoded_caps().get(), encoded);
  ASSERT_EQ(balls.size(), encoded.size());
  for (size_t i = 0; i < encoded.size(); ++i) {
    const auto& truth = encoded[i].frame.truth;
    ASSERT_TRUE(truth) << i;
    EXPECT_NEAR(balls[i].first, truth->x, kHalfAStep) << i;
    EXPECT_NEAR(balls[i].second, truth->y, kHalfAStep) << i;
    if (i == 0) continue;
    // Another frame's truth would have been told apart.
    EXPECT_NE(truth, encoded[i - 1].frame.truth) << i;
    EXPECT_GT(GST_BUFFER_PTS(encoded[i].buffer.get()), GST_BUFFER_PTS(encoded[i - 1].buffer.get()));
  }
}

TEST_P(SourcePipelineCodecTest, EachEncodedFrameWasDrawnBefore) {
  Source source;
  ASSERT_EQ(source.pipeline.Start(LiveBall(GetParam())), "");
  ASSERT_TRUE(source.AwaitCaps());
  const Collector collector(source.pipeline);
  source.pipeline.fanout().RequestKeyFrame();
  ASSERT_TRUE(RunUntil([&] { return collector.encoded().size() >= 20; }));
  source.pipeline.Stop();
  const auto drawn = collector.drawn();
  for (const auto& encoded : collector.encoded()) {
    // One may have been in the encoder when we came.
    if (encoded.frame.drawn < drawn.front().drawn) continue;
    EXPECT_TRUE(std::any_of(drawn.begin(), drawn.end(), [&](const DrawnFrame& frame) {
      return frame.drawn == encoded.frame.drawn && frame.truth == encoded.frame.truth;
    }));
  }
}

// Some frames of a live source of 20 a second that is held up meanwhile for 300 ms.
std::vector<DrawnFrame> DrawnAroundAStall(const std::string& max_lateness) {
  Source source;
  auto settings = Settings(Codec::kVp8, std::string(kBall) + "true max-lateness=" + max_lateness);
  settings.framerate = "20/1";
  EXPECT_EQ(source.pipeline.Start(settings), "");
  EXPECT_TRUE(source.AwaitCaps());
  const Collector collector(source.pipeline, milliseconds(300));
  EXPECT_TRUE(RunUntil([&] { return collector.drawn().size() >= 20; }));
  source.pipeline.Stop();
  return collector.drawn();
}

// How many frame times are between one and the one before.
std::vector<size_t> Steps(const std::vector<DrawnFrame>& frames) {
  std::vector<size_t> steps;
  for (size_t i = 1; i < frames.size(); ++i) {
    const std::chrono::duration<double> step = frames[i].drawn - frames[i - 1].drawn;
    steps.push_back(std::lround(20 * step.count()));
  }
  return steps;
}

TEST(SourcePipelineTest, FramesThatCameLateAreFromWhenTheyWereDue) {
  const auto frames = DrawnAroundAStall("60000000000");
  for (const DrawnFrame& frame : frames) EXPECT_EQ(frame.skipped, 0U);
  EXPECT_THAT(Steps(frames), testing::Each(1U));
}

TEST(SourcePipelineTest, FramesThatAreSkippedAreCounted) {
  const auto frames = DrawnAroundAStall("0");
  const auto steps = Steps(frames);
  for (size_t i = 0; i < steps.size(); ++i) EXPECT_EQ(steps[i], 1 + frames[i + 1].skipped) << i;
  EXPECT_THAT(steps, testing::Contains(testing::Ge(5U)));
}

guint64 MaxLateness(const std::string& framerate) {
  Source source;
  SourcePipeline::Settings settings;
  settings.framerate = framerate;
  EXPECT_EQ(source.pipeline.Start(settings), "");
  EXPECT_TRUE(source.AwaitCaps());
  const auto element =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(source.pipeline.pipeline()), "source"));
  guint64 lateness = 1;
  g_object_get(element.get(), "max-lateness", &lateness, nullptr);
  return lateness;
}

TEST(SourcePipelineTest, OurSourceCatchesUpAtRatesThatNoCameraHas) {
  EXPECT_EQ(MaxLateness("30/1"), 0U);
  EXPECT_EQ(MaxLateness("100/1"), 0U);
  EXPECT_EQ(MaxLateness("1000/1"), 100 * GST_MSECOND);
}

// How many frames leave the encoder while the source makes so many.
size_t CountEncodedBetween(Source& source, int raw_frames) {
  const auto convert =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(source.pipeline.pipeline()), "convert"));
  const auto sink =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(source.pipeline.pipeline()), "encoded"));
  const auto raw = Ref<GstPad>::adopt(gst_element_get_static_pad(convert.get(), "sink"));
  const auto raw_peer = Ref<GstPad>::adopt(gst_pad_get_peer(raw.get()));
  const auto encoded = Ref<GstPad>::adopt(gst_element_get_static_pad(sink.get(), "sink"));
  const auto count = [](GstPad*, GstPadProbeInfo*, gpointer counter) {
    ++*static_cast<std::atomic<int>*>(counter);
    return GST_PAD_PROBE_OK;
  };
  std::atomic<int> drawn = 0;
  std::atomic<int> made = 0;
  const gulong raw_probe =
      gst_pad_add_probe(raw_peer.get(), GST_PAD_PROBE_TYPE_BUFFER, count, &drawn, nullptr);
  const gulong probe =
      gst_pad_add_probe(encoded.get(), GST_PAD_PROBE_TYPE_BUFFER, count, &made, nullptr);
  EXPECT_TRUE(RunUntil([&] { return drawn >= raw_frames; }));
  source.pipeline.Stop();
  gst_pad_remove_probe(raw_peer.get(), raw_probe);
  gst_pad_remove_probe(encoded.get(), probe);
  return static_cast<size_t>(made);
}

TEST(SourcePipelineTest, NothingIsEncodedWithoutOutletsOnceTheCapsAreTold) {
  Source source;
  ASSERT_EQ(source.pipeline.Start(LiveBall()), "");
  ASSERT_TRUE(source.AwaitCaps());
  // One may be in the encoder still.
  EXPECT_LE(CountEncodedBetween(source, 40), 1U);
}

TEST(SourcePipelineTest, EverythingIsEncodedWithAnOutlet) {
  Source source;
  ASSERT_EQ(source.pipeline.Start(LiveBall()), "");
  ASSERT_TRUE(source.AwaitCaps());
  const Collector collector(source.pipeline);
  EXPECT_GE(CountEncodedBetween(source, 40), 38U);
}

TEST(SourcePipelineTest, AKeyFrameIsMadeOnDemand) {
  Source source;
  ASSERT_EQ(source.pipeline.Start(LiveBall()), "");
  ASSERT_TRUE(source.AwaitCaps());
  const Collector collector(source.pipeline);
  const auto await_more = [&] {
    const size_t drawn = collector.drawn().size();
    return RunUntil([&] { return collector.drawn().size() >= drawn + 20; });
  };
  // The very first frame, with which the caps came, may have been seen.
  ASSERT_TRUE(await_more());
  const auto keys = [&] {
    const auto encoded = collector.encoded();
    return std::count_if(encoded.begin(), encoded.end(), [](const auto& one) { return one.key; });
  };
  const auto before = keys();
  ASSERT_LE(before, 1);
  ASSERT_TRUE(await_more());
  EXPECT_EQ(keys(), before) << "a key frame that nobody asked for";
  source.pipeline.fanout().RequestKeyFrame();
  EXPECT_TRUE(RunUntil([&] { return keys() > before; }));
  ASSERT_TRUE(await_more());
  EXPECT_EQ(keys(), before + 1);
}

TEST(SourcePipelineTest, TheEncoderHasTheThreadsThatWereAskedFor) {
  Source source;
  auto settings = LiveBall();
  settings.encoder_threads = 2;
  ASSERT_EQ(source.pipeline.Start(settings), "");
  ASSERT_TRUE(source.AwaitCaps());
  EXPECT_EQ(source.pipeline.EncoderLine(),
            "encoding 320x240 at 60/1 fps as VP8 with vp8enc threads=2 token-partitions=1 "
            "cpu-used=16");
  const auto encoder =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(source.pipeline.pipeline()), "encoder"));
  int threads = 0;
  g_object_get(encoder.get(), "threads", &threads, nullptr);
  EXPECT_EQ(threads, 2);
}

TEST(SourcePipelineTest, AnEncoderOfTheUsersOwnIsLeftAsItIs) {
  Source source;
  auto settings = LiveBall();
  settings.encoder = "vp8enc name=encoder threads=3 cpu-used=4 deadline=1";
  ASSERT_EQ(source.pipeline.Start(settings), "");
  ASSERT_TRUE(source.AwaitCaps());
  const auto encoder =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(source.pipeline.pipeline()), "encoder"));
  int threads = 0;
  int speed = 0;
  g_object_get(encoder.get(), "threads", &threads, "cpu-used", &speed, nullptr);
  EXPECT_EQ(threads, 3);
  EXPECT_EQ(speed, 4);
}

TEST(SourcePipelineTest, ABadSourceIsToldInOneSentence) {
  for (const char* fragment : {"nosuchelement", "ballsrc nosuchproperty=1", "ballsrc ! ! fakesink",
                               "ballsrc ! video/x-raw,width=", "\"", "audiotestsrc"}) {
    Source source;
    const std::string error = source.pipeline.Start(Settings(Codec::kVp8, fragment));
    // What only the negotiation can show comes later.
    if (error.empty()) {
      ASSERT_TRUE(RunUntil([&] { return !source.failures.empty(); })) << fragment;
    }
    const std::string& told = error.empty() ? source.failures.front() : error;
    EXPECT_FALSE(told.empty()) << fragment;
    EXPECT_EQ(told.find('\n'), std::string::npos) << told;
    EXPECT_TRUE(error.empty() || told.find("--source") != std::string::npos) << told;
    EXPECT_EQ(source.caps, 0) << fragment;
  }
}

TEST(SourcePipelineTest, ASourceThatCannotStartIsToldInOneSentence) {
  Source source;
  const std::string error = source.pipeline.Start(
      Settings(Codec::kVp8, "filesrc location=/missing/file ! rawvideoparse"));
  EXPECT_EQ(error.find("the source cannot be started ("), 0U) << error;
  EXPECT_NE(error.find("/missing/file"), std::string::npos) << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
}

TEST(SourcePipelineTest, AFiniteSourceEndsByItself) {
  for (const char* live : {"true", "false"}) {
    Source source;
    ASSERT_EQ(
        source.pipeline.Start(Settings(Codec::kVp8, std::string(kBall) + live + " num-buffers=10")),
        "");
    EXPECT_TRUE(RunUntil([&] { return source.ends > 0 || !source.failures.empty(); })) << live;
    RunPending();
    EXPECT_EQ(source.ends, 1) << live;
    EXPECT_EQ(source.caps, 1) << live;
    EXPECT_TRUE(source.failures.empty()) << live;
  }
}

TEST(SourcePipelineTest, ASourceThatIsNotLiveIsPaced) {
  Source source;
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(
      source.pipeline.Start(Settings(Codec::kVp8, std::string(kBall) + "false num-buffers=30")),
      "");
  EXPECT_TRUE(RunUntil([&] { return source.ends > 0; }));
  // The last of 30 frames at 60 a second is shown after 29/60 s.
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(480));
}

TEST(SourcePipelineTest, ASourceWithoutTruthIsEncodedWithoutTruth) {
  Source source;
  ASSERT_EQ(source.pipeline.Start(Settings(Codec::kVp8, "videotestsrc is-live=true")), "");
  ASSERT_TRUE(source.AwaitCaps());
  const Collector collector(source.pipeline);
  source.pipeline.fanout().RequestKeyFrame();
  ASSERT_TRUE(RunUntil([&] { return collector.encoded().size() >= 5; }));
  for (const auto& encoded : collector.encoded()) EXPECT_FALSE(encoded.frame.truth);
}

TEST(SourcePipelineTest, DrawsTheBallWhereNoSourceIsGivenAndStopsForGood) {
  Source source;
  ASSERT_EQ(source.pipeline.Start(SourcePipeline::Settings{}), "");
  ASSERT_TRUE(source.AwaitCaps());
  EXPECT_EQ(source.pipeline.width(), 640);
  EXPECT_EQ(source.pipeline.height(), 480);
  EXPECT_EQ(source.pipeline.framerate(), "30/1");
  const Collector collector(source.pipeline);
  ASSERT_TRUE(RunUntil([&] { return collector.drawn().size() >= 3; }));
  EXPECT_TRUE(collector.drawn().front().truth);
  source.pipeline.Stop();
  const size_t drawn = collector.drawn().size();
  EXPECT_FALSE(RunUntil([&] { return collector.drawn().size() > drawn; }, milliseconds(200)));
  source.pipeline.Stop();
  EXPECT_TRUE(source.failures.empty());
}

}  // namespace
}  // namespace ball
