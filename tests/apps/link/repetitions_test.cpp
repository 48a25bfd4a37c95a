// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/repetitions.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

namespace ball {
namespace {

// An element that hands on what it is asked for, in the place of rtprtxsend.
class RepetitionsTest : public testing::Test {
 protected:
  void SetUp() override { repetitions_.Watch(harness_->element); }
  ~RepetitionsTest() override { gst_harness_teardown(harness_); }

  // Whether it is asked for that packet when the peer asks.
  bool Asks(guint number) {
    while (GstEvent* event = gst_harness_try_pull_upstream_event(harness_)) gst_event_unref(event);
    gst_harness_push_upstream_event(
        harness_, gst_event_new_custom(GST_EVENT_CUSTOM_UPSTREAM,
                                       gst_structure_new("GstRTPRetransmissionRequest", "seqnum",
                                                         G_TYPE_UINT, number, nullptr)));
    GstEvent* event = gst_harness_try_pull_upstream_event(harness_);
    if (event == nullptr) return false;
    gst_event_unref(event);
    return true;
  }

  Repetitions repetitions_;
  GstHarness* harness_ = gst_harness_new("identity");
};

TEST_F(RepetitionsTest, HandsOnWhatIsMissedOnce) {
  repetitions_.SetRoundTrip(std::chrono::hours(1));
  EXPECT_TRUE(Asks(7));
  EXPECT_FALSE(Asks(7));
  EXPECT_TRUE(Asks(8));
}

TEST_F(RepetitionsTest, KeepsToTheRate) {
  repetitions_.SetRate(10000);
  int asked = 0;
  for (guint number = 0; number < 1000; ++number) asked += Asks(number) ? 1 : 0;
  // Five, and ten a second for as long as this takes.
  EXPECT_GE(asked, 5);
  EXPECT_LT(asked, 500);
}

TEST_F(RepetitionsTest, LeavesOtherEventsAlone) {
  gst_harness_push_upstream_event(harness_, gst_event_new_reconfigure());
  GstEvent* event = gst_harness_try_pull_upstream_event(harness_);
  while (event != nullptr && GST_EVENT_TYPE(event) != GST_EVENT_RECONFIGURE) {
    gst_event_unref(event);
    event = gst_harness_try_pull_upstream_event(harness_);
  }
  ASSERT_NE(event, nullptr);
  gst_event_unref(event);
}

}  // namespace
}  // namespace ball
