// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/patient_queue.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace ball {
namespace {

using std::chrono::milliseconds;

constexpr GstClockTime kFrame = 33 * GST_MSECOND;
// Sizes of a frame that may go past, and of one that may not.
constexpr gsize kPassing = 16;
constexpr gsize kOther = 17;

// A queue of 100 ms.
class PatientQueueTest : public testing::Test {
 protected:
  PatientQueueTest()
      : harness_(gst_harness_new_parse("queue name=waiting leaky=downstream")),
        element_(
            Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(harness_->element), "waiting"))),
        queue_(element_, milliseconds(100), Passes) {
    gst_pad_add_probe(harness_->sinkpad, GST_PAD_PROBE_TYPE_BUFFER, OnArrival, this, nullptr);
  }
  ~PatientQueueTest() override {
    leave_.set_value();
    gst_harness_teardown(harness_);
  }

  void Start() {
    gst_harness_set_src_caps_str(harness_, "video/x-raw,format=I420,width=16,height=16");
  }
  // Its reader takes a frame of 10 s, and stays with it.
  void StartWithAFrame() {
    StayWithTheNext();
    Start();
    Push(10 * GST_SECOND);
    taken_.get_future().wait();
  }
  void StayWithTheNext() {
    gst_pad_add_probe(harness_->sinkpad, GST_PAD_PROBE_TYPE_BUFFER, Stay, this, nullptr);
  }
  // Its reader takes nothing.
  void Block() {
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element_.get(), "src"));
    gst_pad_add_probe(
        pad.get(), GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM,
        [](GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_OK; }, nullptr, nullptr);
  }
  // A frame that comes now.
  void Push(GstClockTime timestamp, bool passes = true) {
    GstBuffer* frame = gst_buffer_new_allocate(nullptr, passes ? kPassing : kOther, nullptr);
    GST_BUFFER_PTS(frame) = timestamp;
    GST_BUFFER_DURATION(frame) = kFrame;
    gst_harness_push(harness_, frame);
  }
  // Pushes frames until one goes past the queue: when that one comes.
  GstClockTime PushUntilPast(GstClockTime begin = 10 * GST_SECOND) {
    for (GstClockTime now = begin; now < begin + 60 * GST_SECOND; now += kFrame) {
      Push(now);
      Pull();
      if (brought_by_ == std::this_thread::get_id()) return now;
    }
    ADD_FAILURE() << "all went through the queue";
    return 0;
  }
  void Pull() { gst_buffer_unref(gst_harness_pull(harness_)); }
  void PushEvent() {
    gst_harness_push_event(harness_, gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM,
                                                          gst_structure_new_empty("any")));
  }
  int Waiting() const {
    int buffers = 0;
    g_object_get(element_.get(), "current-level-buffers", &buffers, nullptr);
    return buffers;
  }

  // Of the last frame that came to the reader.
  std::thread::id brought_by_;
  // Set when the reader stays with a frame.
  std::promise<void> taken_;

 private:
  static bool Passes(GstBuffer* frame) { return gst_buffer_get_size(frame) == kPassing; }
  static GstPadProbeReturn OnArrival(GstPad*, GstPadProbeInfo*, gpointer data) {
    static_cast<PatientQueueTest*>(data)->brought_by_ = std::this_thread::get_id();
    return GST_PAD_PROBE_OK;
  }
  static GstPadProbeReturn Stay(GstPad*, GstPadProbeInfo*, gpointer data) {
    auto* self = static_cast<PatientQueueTest*>(data);
    self->taken_.set_value();
    self->leave_.get_future().wait();
    return GST_PAD_PROBE_REMOVE;
  }

  GstHarness* harness_;
  Ref<GstElement> element_;
  PatientQueue queue_;
  std::promise<void> leave_;
};

TEST_F(PatientQueueTest, DropsTheOldestWhereItsReaderIsSlow) {
  StartWithAFrame();
  // Each comes as early as its timestamp says, and earlier: nothing held them up.
  for (int i = 1; i <= 20; ++i) Push(10 * GST_SECOND + i * kFrame);
  EXPECT_LE(Waiting(), 4);
}

TEST_F(PatientQueueTest, KeepsABurstThatWasHeldUp) {
  StartWithAFrame();
  // One in time, and then, at the same moment on the clock, those of up to 396 ms before it.
  Push(10 * GST_SECOND + 13 * kFrame);
  for (int i = 1; i <= 12; ++i) Push(10 * GST_SECOND + i * kFrame);
  EXPECT_EQ(Waiting(), 13);
}

TEST_F(PatientQueueTest, KeepsTheFirstFramesWhereTheyComeAtOnce) {
  Block();
  Start();
  Push(10 * GST_SECOND);
  Push(10 * GST_SECOND + kFrame);
  EXPECT_EQ(Waiting(), 2);
}

TEST_F(PatientQueueTest, FramesGoPastUnlessTheReaderMightWaitWithThem) {
  Start();
  const GstClockTime now = PushUntilPast();
  Push(now + kFrame, false);
  Pull();
  EXPECT_NE(brought_by_, std::this_thread::get_id());
}

TEST_F(PatientQueueTest, AFrameDoesNotOvertakeAnEvent) {
  Start();
  const GstClockTime now = PushUntilPast();
  PushEvent();
  Push(now + kFrame);
  Pull();
  EXPECT_NE(brought_by_, std::this_thread::get_id());
}

TEST_F(PatientQueueTest, KeepsFramesThatComeAtOnceLongAfterOnesThatWentPast) {
  Start();
  // What the queue itself has seen of them is long ago.
  const GstClockTime now = PushUntilPast(PushUntilPast() + 10 * GST_SECOND);
  // Its thread stays with the event, so that it takes no frame.
  Block();
  PushEvent();
  Push(now + kFrame);
  Push(now + 2 * kFrame);
  EXPECT_EQ(Waiting(), 2);
}

TEST_F(PatientQueueTest, DropsTheOldestAlsoBehindFramesThatWentPast) {
  Start();
  const GstClockTime now = PushUntilPast();
  StayWithTheNext();
  Push(now + kFrame, false);
  taken_.get_future().wait();
  for (int i = 2; i <= 20; ++i) Push(now + i * kFrame);
  EXPECT_LE(Waiting(), 4);
}

}  // namespace
}  // namespace ball
