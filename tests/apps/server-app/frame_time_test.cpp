// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/frame_time.h"

#include <gst/check/gsttestclock.h>
#include <gtest/gtest.h>

#include <memory>

#include "apps/link/glib_ptr.h"

namespace ball {
namespace {

using std::chrono::milliseconds;

constexpr Instant kNow{std::chrono::hours(5)};

// 100 s on the clock, at which an element is since 60 s.
class FrameTimeTest : public testing::Test {
 protected:
  FrameTimeTest() {
    const auto clock = Ref<GstClock>::adopt(gst_test_clock_new_with_start_time(100 * GST_SECOND));
    gst_element_set_clock(element_.get(), clock.get());
    gst_element_set_base_time(element_.get(), 60 * GST_SECOND);
  }

  Instant At(GstClockTime running_time) const {
    return FrameTime(element_.get(), running_time, kNow);
  }

  Ref<GstElement> element_ = Ref<GstElement>::sink(gst_pipeline_new(nullptr));
};

TEST_F(FrameTimeTest, IsWhenTheFrameWasDue) {
  EXPECT_EQ(At(40 * GST_SECOND), kNow);
  EXPECT_EQ(At(40 * GST_SECOND - 7 * GST_MSECOND), kNow - milliseconds(7));
  EXPECT_EQ(At(39 * GST_SECOND), kNow - kOldestFrame);
}

TEST_F(FrameTimeTest, IsNowWhereThatWouldBeLongAgoOrLater) {
  EXPECT_EQ(At(39 * GST_SECOND - 1), kNow);
  EXPECT_EQ(At(0), kNow);
  EXPECT_EQ(At(40 * GST_SECOND + 1), kNow);
  EXPECT_EQ(At(GST_CLOCK_TIME_NONE), kNow);
}

TEST_F(FrameTimeTest, IsNowWithoutAClockAndBeforeTheElementPlays) {
  gst_element_set_base_time(element_.get(), 101 * GST_SECOND);
  EXPECT_EQ(At(0), kNow);
  gst_element_set_clock(element_.get(), nullptr);
  EXPECT_EQ(At(40 * GST_SECOND), kNow);
}

}  // namespace
}  // namespace ball
