// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/queue_bypass.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "apps/link/glib_ptr.h"

namespace ball {
namespace {

using std::chrono::nanoseconds;

// A queue with a bypass, and who brought which buffer to the element behind it.
class QueueBypassTest : public testing::Test {
 protected:
  explicit QueueBypassTest(nanoseconds patience = nanoseconds::max())
      : queue_(Ref<GstElement>::sink(gst_element_factory_make("queue", nullptr))),
        source_(Ref<GstPad>::adopt(gst_element_get_static_pad(queue_.get(), "src"))) {
    BypassQueue(queue_.get(), patience);
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

  // The element behind stays with the next buffer until told to go on.
  void StayWithTheNext() {
    hold_ = [this](guint64) {
      hold_ = {};
      stays_.set_value();
      go_on_.get_future().wait();
    };
  }
  // As an event does.
  void Close() { gst_harness_push_event(harness_, gst_event_new_gap(0, 0)); }

  Ref<GstElement> queue_;
  GstHarness* harness_;
  // Both while nothing is under way, or by whoever brings a buffer.
  std::vector<std::thread::id> brought_by_;
  std::function<void(guint64)> hold_;
  std::promise<void> stays_;
  std::promise<void> go_on_;

 private:
  static GstPadProbeReturn OnArrival(GstPad*, GstPadProbeInfo* info, gpointer data) {
    auto* self = static_cast<QueueBypassTest*>(data);
    self->brought_by_.push_back(std::this_thread::get_id());
    const auto hold = self->hold_;
    if (hold) hold(GST_BUFFER_OFFSET(GST_PAD_PROBE_INFO_BUFFER(info)));
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
  gst_pad_set_active(harness_->sinkpad, TRUE);
  brought_by_.clear();
  // And so is the queue, by the next one.
  ASSERT_EQ(Push(2), GST_FLOW_OK);
  EXPECT_EQ(Pull(), 2U);
  EXPECT_NE(brought_by_.back(), std::this_thread::get_id());
}

TEST_F(QueueBypassTest, BuffersAreNotBroughtWhereTheElementBehindIsBusy) {
  StayWithTheNext();
  ASSERT_EQ(Push(1), GST_FLOW_OK);
  stays_.get_future().wait();
  for (guint64 i = 2; i <= 5; ++i) ASSERT_EQ(Push(i), GST_FLOW_OK);
  EXPECT_EQ(brought_by_.size(), 1U);
  go_on_.set_value();
  for (guint64 i = 1; i <= 5; ++i) EXPECT_EQ(Pull(), i);
}

TEST_F(QueueBypassTest, TheOrderStaysWhoeverBringsThem) {
  constexpr guint64 kBuffers = 20000;
  Open();
  brought_by_.clear();
  // Of each length, so that the next one comes before, while and after this one is taken.
  hold_ = [](guint64 number) {
    for (volatile guint64 spins = number % 97 * 8; spins > 0;) spins = spins - 1;
  };
  for (guint64 i = 1; i <= kBuffers; ++i) {
    ASSERT_EQ(Push(i), GST_FLOW_OK);
    for (volatile guint64 spins = i % 89 * 8; spins > 0;) spins = spins - 1;
    // The queue's thread has a turn.
    if (i % 500 == 0) Close();
  }
  for (guint64 i = 1; i <= kBuffers; ++i) ASSERT_EQ(Pull(), i);
  const auto past = std::count(brought_by_.begin(), brought_by_.end(), std::this_thread::get_id());
  EXPECT_GT(past, 0);
  EXPECT_LT(past, static_cast<std::ptrdiff_t>(kBuffers));
}

TEST_F(QueueBypassTest, ABufferDoesNotOvertakeAnEvent) {
  Open();
  gst_harness_set_src_caps_str(harness_, "application/x-other");
  brought_by_.clear();
  ASSERT_EQ(Push(1), GST_FLOW_OK);
  EXPECT_EQ(Pull(), 1U);
  EXPECT_NE(brought_by_.back(), std::this_thread::get_id());
}

class ImpatientTest : public QueueBypassTest {
 protected:
  ImpatientTest() : QueueBypassTest(QueueBypass::kPatience) {}
};

TEST_F(ImpatientTest, WhoBringsBuffersIsNotHeldUpAgainAndAgain) {
  Open();
  hold_ = [](guint64) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(3);
    while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
  };
  ASSERT_EQ(Push(1), GST_FLOW_OK);
  hold_ = {};
  brought_by_.clear();
  for (guint64 i = 2; i <= 50; ++i) ASSERT_EQ(Push(i), GST_FLOW_OK);
  for (guint64 i = 1; i <= 50; ++i) ASSERT_EQ(Pull(), i);
  EXPECT_EQ(std::count(brought_by_.begin(), brought_by_.end(), std::this_thread::get_id()), 0);
  // For some time.
  Open();
}

}  // namespace
}  // namespace ball
