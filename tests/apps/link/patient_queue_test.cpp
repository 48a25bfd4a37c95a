// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/patient_queue.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <future>

namespace ball {
namespace {

using std::chrono::milliseconds;

constexpr GstClockTime kFrame = 33 * GST_MSECOND;

// A queue of 100 ms.
class PatientQueueTest : public testing::Test {
 protected:
  PatientQueueTest()
      : harness_(gst_harness_new_parse("queue name=waiting leaky=downstream")),
        element_(
            Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(harness_->element), "waiting"))),
        queue_(element_, milliseconds(100)) {}
  ~PatientQueueTest() override {
    leave_.set_value();
    gst_harness_teardown(harness_);
  }

  void Start() {
    gst_harness_set_src_caps_str(harness_, "video/x-raw,format=I420,width=16,height=16");
  }
  // Its reader takes a frame of 10 s, and stays with it.
  void StartWithAFrame() {
    gst_pad_add_probe(harness_->sinkpad, GST_PAD_PROBE_TYPE_BUFFER, Stay, this, nullptr);
    Start();
    Push(10 * GST_SECOND);
    taken_.get_future().wait();
  }
  // Its reader takes nothing.
  void Block() {
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element_.get(), "src"));
    gst_pad_add_probe(
        pad.get(), GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM,
        [](GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_OK; }, nullptr, nullptr);
  }
  // A frame that comes now.
  void Push(GstClockTime timestamp) {
    GstBuffer* frame = gst_buffer_new_allocate(nullptr, 16, nullptr);
    GST_BUFFER_PTS(frame) = timestamp;
    GST_BUFFER_DURATION(frame) = kFrame;
    gst_harness_push(harness_, frame);
  }
  int Waiting() const {
    int buffers = 0;
    g_object_get(element_.get(), "current-level-buffers", &buffers, nullptr);
    return buffers;
  }

 private:
  static GstPadProbeReturn Stay(GstPad*, GstPadProbeInfo*, gpointer data) {
    auto* self = static_cast<PatientQueueTest*>(data);
    self->taken_.set_value();
    self->leave_.get_future().wait();
    return GST_PAD_PROBE_REMOVE;
  }

  GstHarness* harness_;
  Ref<GstElement> element_;
  PatientQueue queue_;
  std::promise<void> taken_;
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

}  // namespace
}  // namespace ball
