// SPDX-License-Identifier: LGPL-2.1-or-later
// What a live ballsrc promises. The clock is a test clock, so nothing here takes or measures time.
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include "plugins/ballmeta.h"
#include "plugins/ballsrc/trajectory.h"
#include "tests/plugins/ballsrc/harness.h"

namespace ball {
namespace {

constexpr char kTenFps[] = "video/x-raw,format=GRAY8,width=320,height=240,framerate=10/1";

GstClockTime Tenths(GstClockTime count) { return count * 100 * GST_MSECOND; }

class BallSrcLiveTest : public testing::Test {
 protected:
  BallSrcLiveTest() : clock_(gst_harness_get_testclock(harness_.get())) {}
  ~BallSrcLiveTest() override { gst_object_unref(clock_); }

  void Play() { gst_harness_play(harness_.get()); }

  // Returns when the source waits, and for which time.
  GstClockTime WaitsFor() {
    GstClockID id = nullptr;
    gst_test_clock_wait_for_next_pending_id(clock_, &id);
    const GstClockTime time = gst_clock_id_get_time(id);
    gst_clock_id_unref(id);
    return time;
  }

  // Sets the time and lets the source, which waits for it or an earlier one, go on.
  void WakeAt(GstClockTime time) {
    GstClockID id = nullptr;
    gst_test_clock_wait_for_next_pending_id(clock_, nullptr);
    gst_test_clock_set_time(clock_, time);
    id = gst_test_clock_process_next_clock_id(clock_);
    gst_clock_id_unref(id);
  }

  Harness harness_ = NewSource("ballsrc is-live=true", kTenFps);
  GstTestClock* clock_;
};

TEST_F(BallSrcLiveTest, DrawsEachFrameAtItsTime) {
  Play();
  EXPECT_EQ(GST_BUFFER_PTS(Pull(harness_).get()), 0U);
  for (int i = 1; i < 10; ++i) {
    EXPECT_EQ(WaitsFor(), Tenths(i));
    EXPECT_EQ(gst_harness_buffers_in_queue(harness_.get()), 0U);
    WakeAt(Tenths(i));
    const Buffer buffer = Pull(harness_);
    EXPECT_EQ(GST_BUFFER_PTS(buffer.get()), Tenths(i));
    EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT));
  }
}

TEST_F(BallSrcLiveTest, SkipsFramesLikeACameraWhenLate) {
  Play();
  Pull(harness_);
  WakeAt(Tenths(7) + 30 * GST_MSECOND);
  const Buffer late = Pull(harness_);
  EXPECT_EQ(GST_BUFFER_PTS(late.get()), Tenths(7));
  EXPECT_EQ(GST_BUFFER_OFFSET(late.get()), 7U);
  EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(late.get(), GST_BUFFER_FLAG_DISCONT));
  EXPECT_EQ(FindTruth(late.get()), Trajectory({}, {320, 240}).At(std::chrono::milliseconds(700)));
  WakeAt(Tenths(8));
  EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(Pull(harness_).get(), GST_BUFFER_FLAG_DISCONT));
}

TEST_F(BallSrcLiveTest, SlightlyLateFrameIsNotSkipped) {
  Play();
  Pull(harness_);
  WakeAt(Tenths(1) + 99 * GST_MSECOND);
  const Buffer buffer = Pull(harness_);
  EXPECT_EQ(GST_BUFFER_PTS(buffer.get()), Tenths(1));
  EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT));
}

TEST_F(BallSrcLiveTest, DrawsWhatIsOverdueFirstWhereItMayBeLate) {
  g_object_set(SourceIn(harness_).get(), "max-lateness", 2 * GST_SECOND, nullptr);
  Play();
  Pull(harness_);
  WakeAt(Tenths(7) + 30 * GST_MSECOND);
  for (int i = 1; i <= 7; ++i) {
    const Buffer buffer = Pull(harness_);
    EXPECT_EQ(GST_BUFFER_PTS(buffer.get()), Tenths(i));
    EXPECT_EQ(GST_BUFFER_OFFSET(buffer.get()), static_cast<guint64>(i));
    EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT));
  }
  EXPECT_EQ(WaitsFor(), Tenths(8));
}

TEST_F(BallSrcLiveTest, IsOnTimeAgainWhereItWouldBeTooLate) {
  g_object_set(SourceIn(harness_).get(), "max-lateness", 300 * GST_MSECOND, nullptr);
  Play();
  Pull(harness_);
  WakeAt(Tenths(5));  // 300 ms after the end of the next one
  const Buffer late = Pull(harness_);
  EXPECT_EQ(GST_BUFFER_PTS(late.get()), Tenths(5));
  EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(late.get(), GST_BUFFER_FLAG_DISCONT));
  EXPECT_EQ(WaitsFor(), Tenths(6));
}

// GstBaseSrc would shift all timestamps by the running time of the first buffer.
TEST_F(BallSrcLiveTest, StartedLateItStartsWithTheFrameOfThatTime) {
  gst_test_clock_set_time(clock_, Tenths(34) + 70 * GST_MSECOND);
  Play();
  const Buffer buffer = Pull(harness_);
  EXPECT_EQ(GST_BUFFER_PTS(buffer.get()), Tenths(34));
  EXPECT_EQ(FindTruth(buffer.get()),
            Trajectory({}, {320, 240}).At(std::chrono::milliseconds(3400)));
  EXPECT_EQ(WaitsFor(), Tenths(35));
}

TEST_F(BallSrcLiveTest, StopsWhileItWaits) {
  Play();
  Pull(harness_);
  WaitsFor();
  EXPECT_EQ(gst_element_set_state(harness_->element, GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
}

TEST_F(BallSrcLiveTest, TimeStandsStillWhilePaused) {
  Play();
  Pull(harness_);
  WaitsFor();
  gst_element_set_state(harness_->element, GST_STATE_PAUSED);
  // As a pipeline does: running time goes on where it was, 5 s later on the clock.
  gst_element_set_base_time(harness_->element, 5 * GST_SECOND);
  gst_element_set_state(harness_->element, GST_STATE_PLAYING);
  EXPECT_EQ(WaitsFor(), 5 * GST_SECOND + Tenths(1));
  WakeAt(5 * GST_SECOND + Tenths(1));
  EXPECT_EQ(GST_BUFFER_PTS(Pull(harness_).get()), Tenths(1));
}

TEST_F(BallSrcLiveTest, StopsWhilePaused) {
  Play();
  Pull(harness_);
  WaitsFor();
  gst_element_set_state(harness_->element, GST_STATE_PAUSED);
  EXPECT_EQ(gst_element_set_state(harness_->element, GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
}

struct Latency {
  gboolean live = FALSE;
  GstClockTime least = 1;
  GstClockTime most = 1;
};

Latency LatencyOf(const Harness& harness) {
  GstQuery* query = gst_query_new_latency();
  Latency latency;
  EXPECT_TRUE(gst_pad_peer_query(harness->sinkpad, query));
  gst_query_parse_latency(query, &latency.live, &latency.least, &latency.most);
  gst_query_unref(query);
  return latency;
}

TEST_F(BallSrcLiveTest, AddsNoLatency) {
  Play();
  Pull(harness_);
  const Latency latency = LatencyOf(harness_);
  EXPECT_TRUE(latency.live);
  EXPECT_EQ(latency.least, 0U);
  EXPECT_EQ(latency.most, Tenths(1));
}

TEST_F(BallSrcLiveTest, TellsHowLongItMayBeHeldUp) {
  g_object_set(SourceIn(harness_).get(), "max-lateness", 300 * GST_MSECOND, nullptr);
  Play();
  Pull(harness_);
  EXPECT_EQ(LatencyOf(harness_).least, 0U);
  EXPECT_EQ(LatencyOf(harness_).most, Tenths(4));
}

TEST(BallSrcTest, LatencyIsNotLiveWhereTheSourceIsNot) {
  const Harness harness = NewSource("ballsrc num-buffers=1", kTenFps);
  gst_harness_play(harness.get());
  Pull(harness);
  EXPECT_FALSE(LatencyOf(harness).live);
  EXPECT_EQ(LatencyOf(harness).least, 0U);
}

TEST(BallSrcTest, LiveStillPictureIsOneBuffer) {
  const Harness harness = NewSource("ballsrc is-live=true",
                                    "video/x-raw,format=GRAY8,width=32,height=24,framerate=0/1");
  gst_harness_play(harness.get());
  EXPECT_FALSE(GST_BUFFER_DURATION_IS_VALID(Pull(harness).get()));
  EXPECT_EQ(LatencyOf(harness).most, GST_CLOCK_TIME_NONE);
}

TEST(BallSrcTest, LiveWithoutAClockDoesNotWait) {
  const Harness harness = NewSource("ballsrc is-live=true num-buffers=50", kTenFps);
  gst_element_set_clock(harness->element, nullptr);
  gst_harness_play(harness.get());
  for (int i = 0; i < 50; ++i) ASSERT_EQ(GST_BUFFER_PTS(Pull(harness).get()), Tenths(i));
}

}  // namespace
}  // namespace ball
