// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/queue_bypass.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>
#include <vector>

#include "apps/link/glib_ptr.h"

namespace ball {
namespace {

// A queue with a bypass, and who brought which buffer to the element behind it.
class QueueBypassTest : public testing::Test {
 protected:
  QueueBypassTest()
      : queue_(Ref<GstElement>::sink(gst_element_factory_make("queue", nullptr))),
        source_(Ref<GstPad>::adopt(gst_element_get_static_pad(queue_.get(), "src"))) {
    BypassQueue(queue_.get());
    harness_ = gst_harness_new_with_element(queue_.get(), "sink", "src");
    gst_pad_add_probe(harness_->sinkpad, GST_PAD_PROBE_TYPE_BUFFER, OnArrival, this, nullptr);
    gst_harness_set_src_caps_str(harness_, "application/x-any");
  }
  ~QueueBypassTest() override { gst_harness_teardown(harness_); }

  void Block() {
    block_ = gst_pad_add_probe(
        source_.get(),
        static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER),
        [](GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_OK; }, nullptr, nullptr);
  }
  void Unblock() { gst_pad_remove_probe(source_.get(), block_); }

  GstFlowReturn Push(guint64 number) {
    GstBuffer* buffer = gst_buffer_new();
    GST_BUFFER_OFFSET(buffer) = number;
    return gst_harness_push(harness_, buffer);
  }
  // Waits for it; 0 where it does not come.
  guint64 Pull() {
    const auto buffer = Ref<GstBuffer>::adopt(gst_harness_pull(harness_));
    return buffer ? GST_BUFFER_OFFSET(buffer.get()) : 0;
  }
  // Pushes until one goes past, which they do once nothing waits.
  void Open() {
    for (guint64 i = 1; i <= 1000; ++i) {
      ASSERT_EQ(Push(i), GST_FLOW_OK);
      ASSERT_EQ(Pull(), i);
      if (brought_by_.back() == std::this_thread::get_id()) return;
    }
    FAIL() << "all went through the queue";
  }

  Ref<GstElement> queue_;
  GstHarness* harness_;
  std::vector<std::thread::id> brought_by_;

 private:
  static GstPadProbeReturn OnArrival(GstPad*, GstPadProbeInfo*, gpointer data) {
    static_cast<QueueBypassTest*>(data)->brought_by_.push_back(std::this_thread::get_id());
    return GST_PAD_PROBE_OK;
  }

  Ref<GstPad> source_;
  gulong block_ = 0;
};

TEST_F(QueueBypassTest, BuffersGoOnAtOnceWhereNothingWaits) {
  Open();
  brought_by_.clear();
  for (guint64 i = 1; i <= 100; ++i) ASSERT_EQ(Push(i), GST_FLOW_OK);
  EXPECT_EQ(brought_by_, std::vector<std::thread::id>(100, std::this_thread::get_id()));
  for (guint64 i = 1; i <= 100; ++i) EXPECT_EQ(Pull(), i);
}

TEST_F(QueueBypassTest, BuffersWaitWhereTheWayIsBlockedAndAllComeAfterIt) {
  Open();
  brought_by_.clear();
  Block();
  for (guint64 i = 1; i <= 5; ++i) ASSERT_EQ(Push(i), GST_FLOW_OK);
  EXPECT_TRUE(brought_by_.empty());
  Unblock();
  for (guint64 i = 1; i <= 5; ++i) EXPECT_EQ(Pull(), i);
  Open();
}

TEST_F(QueueBypassTest, BlockedFromTheStartNothingIsLost) {
  Block();
  for (guint64 i = 1; i <= 5; ++i) ASSERT_EQ(Push(i), GST_FLOW_OK);
  Unblock();
  for (guint64 i = 1; i <= 5; ++i) EXPECT_EQ(Pull(), i);
}

TEST_F(QueueBypassTest, WhoBringsABufferIsToldWhatBecameOfIt) {
  Open();
  gst_pad_set_active(harness_->sinkpad, FALSE);
  EXPECT_EQ(Push(1), GST_FLOW_FLUSHING);
}

}  // namespace
}  // namespace ball
