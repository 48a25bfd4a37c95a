// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/stage_splitter.h"

#include <gtest/gtest.h>

#include <random>

namespace ball {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

Instant Us(int64_t us) { return Instant(std::chrono::hours(1)) + microseconds(us); }

SentFrame Frame(int64_t drawn_us, int64_t sent_us) {
  return {RtpTimestamp{1}, Ball{1, 2, 3}, Us(drawn_us), Us(sent_us)};
}

constexpr microseconds kPeerAhead{5'000'000};

CoordinateMessage Answer(int64_t arrived_us) {
  CoordinateMessage message;
  message.found = true;
  message.stages =
      StageTimes{microseconds(600), microseconds(700), microseconds(760), microseconds(800)};
  message.arrived =
      std::chrono::duration_cast<microseconds>(Us(arrived_us).time_since_epoch()) + kPeerAhead;
  return message;
}

nanoseconds Sum(const StageDurations& stages) {
  return *stages.encode + *stages.network + *stages.decode + *stages.hand_over + *stages.locate +
         *stages.back;
}

// Drawn at 0, sent at 1000, at the peer 1300, its answer sent at 2100, back at 2400.
TEST(StageSplitterTest, SaysWhereTheTimeWent) {
  StageSplitter splitter;
  const StageDurations stages = splitter.Split(Frame(0, 1000), Answer(1300), Us(2400));
  EXPECT_EQ(stages.encode, microseconds(1000));
  EXPECT_EQ(stages.network, microseconds(300));
  EXPECT_EQ(stages.decode, microseconds(600));
  EXPECT_EQ(stages.hand_over, microseconds(100));
  EXPECT_EQ(stages.locate, microseconds(60));
  EXPECT_EQ(stages.back, microseconds(340));
}

TEST(StageSplitterTest, SeesAFrameThatQueuedOnItsWay) {
  StageSplitter splitter;
  splitter.Split(Frame(0, 1000), Answer(1300), Us(2400));
  const StageDurations stages = splitter.Split(Frame(33'000, 34'000), Answer(36'300), Us(37'400));
  EXPECT_EQ(stages.network, microseconds(2300));
  EXPECT_EQ(stages.back, microseconds(340));
}

TEST(StageSplitterTest, AddsUpToTheLoopWhateverThePeerSaysAboutItsClock) {
  std::mt19937 random(6);
  StageSplitter splitter;
  for (int i = 0; i < 1000; ++i) {
    CoordinateMessage answer = Answer(0);
    answer.arrived = microseconds(random() % static_cast<uint64_t>(kMaxPeerClock.count()));
    const StageDurations stages = splitter.Split(Frame(i, i + 50), answer, Us(i + 900));
    ASSERT_TRUE(stages.Complete());
    ASSERT_EQ(Sum(stages), microseconds(900));
    ASSERT_GE(*stages.network, nanoseconds::zero());
    ASSERT_GE(*stages.back, microseconds(40));
  }
}

TEST(StageSplitterTest, TakesTheLimitsOfAPeersClock) {
  StageSplitter splitter;
  CoordinateMessage answer = Answer(0);
  for (const microseconds arrived : {microseconds(0), kMaxPeerClock, microseconds(0)}) {
    answer.arrived = arrived;
    EXPECT_EQ(Sum(splitter.Split(Frame(0, 0), answer, Us(900))), microseconds(900));
  }
}

TEST(StageSplitterTest, KnowsOnlyTheEncoderOfAPeerThatSaysNothing) {
  StageSplitter splitter;
  const StageDurations stages = splitter.Split(Frame(0, 1000), CoordinateMessage{}, Us(2400));
  EXPECT_EQ(stages.encode, microseconds(1000));
  EXPECT_FALSE(stages.network || stages.decode || stages.hand_over || stages.locate || stages.back);
}

TEST(StageSplitterTest, DoesNotDivideTheWaysWithoutThePeersClock) {
  StageSplitter splitter;
  CoordinateMessage answer = Answer(1300);
  answer.arrived.reset();
  const StageDurations stages = splitter.Split(Frame(0, 1000), answer, Us(2400));
  EXPECT_EQ(stages.decode, microseconds(600));
  EXPECT_FALSE(stages.network || stages.back);
}

TEST(StageSplitterTest, DoesNotBelieveMoreTimeInThePeerThanThereWas) {
  StageSplitter splitter;
  const StageDurations stages = splitter.Split(Frame(0, 1000), Answer(1300), Us(1799));
  EXPECT_EQ(stages.encode, microseconds(1000));
  EXPECT_FALSE(stages.network || stages.decode || stages.hand_over || stages.locate || stages.back);
}

TEST(StageSplitterTest, TakesAPeerThatUsedAllTheTimeThereWas) {
  StageSplitter splitter;
  const StageDurations stages = splitter.Split(Frame(0, 1000), Answer(1300), Us(1800));
  EXPECT_EQ(stages.network, nanoseconds::zero());
  EXPECT_EQ(Sum(stages), microseconds(1800));
}

TEST(StageSplitterTest, MeasuresNothingWhenTheClockWentBackwards) {
  StageSplitter splitter;
  EXPECT_FALSE(splitter.Split(Frame(1000, 0), Answer(1300), Us(2400)).encode);
  EXPECT_FALSE(splitter.Split(Frame(0, 1000), Answer(1300), Us(-500)).decode);
}

}  // namespace
}  // namespace ball
