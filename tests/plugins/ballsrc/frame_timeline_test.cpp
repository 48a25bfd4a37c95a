// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/frame_timeline.h"

#include <gtest/gtest.h>

#include <limits>

namespace ball {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr nanoseconds kNone{0};

FrameTimeline At(int numerator, int denominator = 1) {
  FrameTimeline timeline;
  timeline.SetFrameRate(numerator, denominator);
  return timeline;
}

TEST(FrameTimelineTest, FramesFollowEachOtherWithoutGaps) {
  FrameTimeline timeline = At(30);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(timeline.Number(), i);
    const auto end = timeline.End();
    timeline.Advance();
    ASSERT_EQ(timeline.Start(), end);
  }
}

TEST(FrameTimelineTest, RoundingDoesNotAddUp) {
  FrameTimeline timeline = At(30000, 1001);
  for (int i = 0; i < 30000; ++i) timeline.Advance();
  EXPECT_EQ(timeline.Start(), seconds(1001));
}

TEST(FrameTimelineTest, ExtremeRatesAreExact) {
  FrameTimeline slow = At(1, std::numeric_limits<int>::max());
  slow.Advance();
  EXPECT_EQ(slow.Start(), seconds(std::numeric_limits<int>::max()));
  FrameTimeline fast = At(std::numeric_limits<int>::max());
  fast.Seek(hours(24 * 365));
  EXPECT_EQ(fast.Start(), hours(24 * 365));
}

TEST(FrameTimelineTest, StillPictureIsASingleFrame) {
  FrameTimeline timeline = At(0);
  EXPECT_TRUE(timeline.Still());
  EXPECT_FALSE(timeline.Done());
  EXPECT_EQ(timeline.Start(), seconds(0));
  EXPECT_EQ(timeline.End(), seconds(0));
  timeline.Advance();
  EXPECT_TRUE(timeline.Done());
}

TEST(FrameTimelineTest, MovingPictureIsNeverDone) {
  FrameTimeline timeline = At(30);
  timeline.Advance();
  EXPECT_FALSE(timeline.Still());
  EXPECT_FALSE(timeline.Done());
}

TEST(FrameTimelineTest, NewRateBeginsWhereTheNextFrameWouldHaveBeen) {
  FrameTimeline timeline = At(30);
  for (int i = 0; i < 30; ++i) timeline.Advance();
  timeline.SetFrameRate(10, 1);
  EXPECT_EQ(timeline.Start(), seconds(1));
  EXPECT_EQ(timeline.End(), milliseconds(1100));
  EXPECT_EQ(timeline.Number(), 30);
}

TEST(FrameTimelineTest, SameRateAgainChangesNothing) {
  FrameTimeline timeline = At(30);
  timeline.Advance();
  timeline.SetFrameRate(30, 1);
  EXPECT_EQ(timeline.Start(), nanoseconds(33333333));
}

TEST(FrameTimelineTest, SeeksToTheFrameThatIsShownThen) {
  FrameTimeline timeline = At(10);
  timeline.Seek(milliseconds(250));
  EXPECT_EQ(timeline.Start(), milliseconds(200));
  EXPECT_EQ(timeline.Number(), 2);
}

TEST(FrameTimelineTest, SeekToTheStartOfAFrameGivesThatFrame) {
  FrameTimeline timeline = At(30);
  for (int i = 0; i < 100; ++i, timeline.Advance()) {
    FrameTimeline other = At(30);
    other.Seek(timeline.Start());
    ASSERT_EQ(other.Number(), i);
  }
}

TEST(FrameTimelineTest, SeekOfAStillPictureShowsItAgain) {
  FrameTimeline timeline = At(0);
  timeline.Advance();
  timeline.Seek(seconds(5));
  EXPECT_FALSE(timeline.Done());
  EXPECT_EQ(timeline.Start(), seconds(5));
}

TEST(FrameTimelineTest, SkipsFramesThatEnded) {
  FrameTimeline timeline = At(10);
  EXPECT_TRUE(timeline.CatchUp(milliseconds(350), kNone));
  EXPECT_EQ(timeline.Start(), milliseconds(300));
}

TEST(FrameTimelineTest, DoesNotSkipTheFrameThatIsOn) {
  FrameTimeline timeline = At(10);
  timeline.Advance();
  EXPECT_FALSE(timeline.CatchUp(milliseconds(100), kNone));
  EXPECT_FALSE(timeline.CatchUp(milliseconds(199), kNone));
  EXPECT_EQ(timeline.Start(), milliseconds(100));
}

TEST(FrameTimelineTest, NeverSkipsBackwards) {
  FrameTimeline timeline = At(10);
  timeline.Seek(seconds(9));
  EXPECT_FALSE(timeline.CatchUp(seconds(1), kNone));
  EXPECT_EQ(timeline.Start(), seconds(9));
}

TEST(FrameTimelineTest, StillPictureIsNotSkipped) {
  FrameTimeline timeline = At(0);
  EXPECT_FALSE(timeline.CatchUp(hours(1), kNone));
}

TEST(FrameTimelineTest, DoesNotSkipWhatMayBeSoLate) {
  FrameTimeline timeline = At(10);
  EXPECT_FALSE(timeline.CatchUp(milliseconds(399), milliseconds(300)));
  EXPECT_EQ(timeline.Start(), seconds(0));
}

TEST(FrameTimelineTest, IsOnTimeBehindWhatIsTooLate) {
  FrameTimeline timeline = At(10);
  EXPECT_TRUE(timeline.CatchUp(milliseconds(400), milliseconds(300)));
  EXPECT_EQ(timeline.Start(), milliseconds(400));
}

TEST(FrameTimelineTest, NothingIsTooLateForTheLongestTime) {
  FrameTimeline timeline = At(10);
  EXPECT_FALSE(timeline.CatchUp(hours(24 * 365), nanoseconds::max()));
}

}  // namespace
}  // namespace ball
