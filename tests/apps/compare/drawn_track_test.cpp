// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/drawn_track.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

Instant Ms(int ms) { return Instant(std::chrono::hours(1)) + std::chrono::milliseconds(ms); }

DrawnFrame Visible(int ms, double x, double y = 0) { return {Ball{x, y, 10}, Ms(ms)}; }
DrawnFrame Hidden(int ms) { return {std::nullopt, Ms(ms)}; }

DrawnTrack Track(std::initializer_list<DrawnFrame> frames) {
  DrawnTrack track;
  for (const DrawnFrame& frame : frames) {
    track.Add(frame);
  }
  return track;
}

TEST(DrawnTrackTest, KnowsNothingBeforeAFrameIsDrawn) {
  EXPECT_FALSE(DrawnTrack().Reaches(Ms(0)));
  EXPECT_EQ(DrawnTrack().At(Ms(0)), std::nullopt);
  EXPECT_EQ(DrawnTrack().AtOrBeyond(Ms(0)), std::nullopt);
}

TEST(DrawnTrackTest, IsExactAtTheTimeOfAFrame) {
  const DrawnTrack track = Track({Visible(0, 1), Visible(10, 2), Visible(20, 5)});
  EXPECT_EQ(track.At(Ms(0)), (Ball{1, 0, 10}));
  EXPECT_EQ(track.At(Ms(10)), (Ball{2, 0, 10}));
  EXPECT_EQ(track.At(Ms(20)), (Ball{5, 0, 10}));
}

TEST(DrawnTrackTest, MovesEvenlyBetweenTwoFrames) {
  const DrawnTrack track = Track({Visible(0, 0, 100), Visible(10, 20, 80)});
  EXPECT_EQ(track.At(Ms(5)), (Ball{10, 90, 10}));
  EXPECT_NEAR(track.At(Ms(9))->x, 18, 1e-9);
}

// The wall is somewhere between the frames; nobody who saw only these frames knows where.
TEST(DrawnTrackTest, GoesStraightFromFrameToFrameWhereTheBallBounces) {
  const DrawnTrack track =
      Track({Visible(0, 80), Visible(10, 96), Visible(20, 96), Visible(30, 80)});
  EXPECT_EQ(track.At(Ms(15))->x, 96);
  EXPECT_EQ(track.At(Ms(25))->x, 88);
}

TEST(DrawnTrackTest, IsNowhereNextToAFrameWithoutABall) {
  const DrawnTrack track = Track({Visible(0, 1), Hidden(10), Visible(20, 3), Visible(30, 4)});
  EXPECT_EQ(track.At(Ms(5)), std::nullopt);
  EXPECT_EQ(track.At(Ms(10)), std::nullopt);
  EXPECT_EQ(track.At(Ms(15)), std::nullopt);
  EXPECT_TRUE(track.At(Ms(25)));
}

TEST(DrawnTrackTest, IsNowhereBeforeTheFirstAndAfterTheLastFrame) {
  const DrawnTrack track = Track({Visible(0, 1), Visible(10, 2)});
  EXPECT_EQ(track.At(Ms(-1)), std::nullopt);
  EXPECT_EQ(track.At(Ms(11)), std::nullopt);
}

TEST(DrawnTrackTest, ReachesUpToTheLastFrame) {
  const DrawnTrack track = Track({Visible(0, 1), Hidden(10)});
  EXPECT_TRUE(track.Reaches(Ms(-5)));
  EXPECT_TRUE(track.Reaches(Ms(10)));
  EXPECT_FALSE(track.Reaches(Ms(11)));
}

TEST(DrawnTrackTest, LeavesOutFramesThatAreNotInOrder) {
  const DrawnTrack track =
      Track({Visible(0, 0), Visible(10, 10), Visible(10, 99), Visible(5, 99), Visible(20, 20)});
  EXPECT_EQ(track.At(Ms(5))->x, 5);
  EXPECT_EQ(track.At(Ms(10))->x, 10);
  EXPECT_EQ(track.At(Ms(15))->x, 15);
}

TEST(DrawnTrackTest, GoesOnAfterTheLastFrameForOneFrame) {
  const DrawnTrack track = Track({Visible(0, 0), Visible(10, 10)});
  EXPECT_EQ(track.AtOrBeyond(Ms(15))->x, 15);
  EXPECT_EQ(track.AtOrBeyond(Ms(20))->x, 20);
  EXPECT_EQ(track.AtOrBeyond(Ms(21)), std::nullopt);
  EXPECT_EQ(track.AtOrBeyond(Ms(5))->x, 5);
}

TEST(DrawnTrackTest, DoesNotGoOnFromOneFrameOrAHiddenBall) {
  EXPECT_EQ(Track({Visible(0, 0)}).AtOrBeyond(Ms(1)), std::nullopt);
  EXPECT_EQ(Track({Visible(0, 0)}).AtOrBeyond(Ms(0))->x, 0);
  EXPECT_EQ(Track({Visible(0, 0), Hidden(10)}).AtOrBeyond(Ms(15)), std::nullopt);
  EXPECT_EQ(Track({Hidden(0), Visible(10, 0)}).AtOrBeyond(Ms(15)), std::nullopt);
}

TEST(DrawnTrackTest, RemembersTheLatestFramesOnly) {
  DrawnTrack track;
  const int count = static_cast<int>(DrawnTrack::kMaxFrames) + 10;
  for (int i = 0; i < count; ++i) {
    track.Add(Visible(i * 10, i));
  }
  EXPECT_EQ(track.At(Ms(5)), std::nullopt);
  EXPECT_EQ(track.At(Ms((count - 1) * 10 - 5))->x, count - 1.5);
}

}  // namespace
}  // namespace ball
