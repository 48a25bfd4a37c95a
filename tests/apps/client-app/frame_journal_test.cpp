// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/frame_journal.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace ball {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr RtpTimestamp kFrame{4294967295};
constexpr RtpTimestamp kOtherFrame{0};
// CLOCK_MONOTONIC when kFrame arrives.
constexpr microseconds kArrived = seconds(5000);
constexpr microseconds kDecoded{600};
constexpr microseconds kSent{900};

// A time, given since the arrival.
FrameJournal::Time After(microseconds time) { return FrameJournal::Time(kArrived + time); }

// An answer with times as given, since the arrival.
LocatorMessage Located(microseconds received, microseconds located) {
  LocatorMessage message;
  message.rtp_timestamp = kFrame;
  message.found = true;
  message.x = 12.5;
  message.y = -3;
  message.radius = 20;
  message.confidence = 0.75;
  message.received = kArrived + received;
  message.located = kArrived + located;
  return message;
}

LocatorMessage Located() { return Located(microseconds(700), microseconds(800)); }

LocatorMessage NothingFound() {
  LocatorMessage message = Located();
  message.found = false;
  return message;
}

void ArriveAndDecode(FrameJournal& journal, RtpTimestamp id = kFrame) {
  journal.Arrived(id, After(microseconds(0)));
  journal.Decoded(id, After(kDecoded));
}

TEST(FrameJournalTest, AnswersAFrameWithWhatWasLocatedAndWhen) {
  FrameJournal journal;
  ArriveAndDecode(journal);
  CoordinateMessage expected;
  expected.rtp_timestamp = kFrame;
  expected.found = true;
  expected.x = 12.5;
  expected.y = -3;
  expected.radius = 20;
  expected.confidence = 0.75;
  expected.arrived = kArrived;
  expected.stages = StageTimes{kDecoded, microseconds(700), microseconds(800), kSent};
  EXPECT_EQ(journal.Answer(Located(), After(kSent)), expected);
}

TEST(FrameJournalTest, AwaitsAnAnswerOnceAFrameIsDecodedAndUntilItIsAnswered) {
  FrameJournal journal;
  EXPECT_FALSE(journal.Awaits(Located()));
  journal.Arrived(kFrame, After(microseconds(0)));
  EXPECT_FALSE(journal.Awaits(Located()));
  journal.Decoded(kFrame, After(kDecoded));
  EXPECT_TRUE(journal.Awaits(Located()));
  journal.Answer(Located(), After(kSent));
  EXPECT_FALSE(journal.Awaits(Located()));
}

TEST(FrameJournalTest, AwaitsNoAnswerWithoutATimestamp) {
  FrameJournal journal;
  ArriveAndDecode(journal);
  LocatorMessage nameless = Located();
  nameless.rtp_timestamp.reset();
  EXPECT_FALSE(journal.Awaits(nameless));
}

TEST(FrameJournalTest, AnswersThatNothingWasFoundWithoutAPosition) {
  FrameJournal journal;
  ArriveAndDecode(journal);
  CoordinateMessage expected;
  expected.rtp_timestamp = kFrame;
  expected.arrived = kArrived;
  expected.stages = StageTimes{kDecoded, microseconds(700), microseconds(800), kSent};
  EXPECT_EQ(journal.Answer(NothingFound(), After(kSent)), expected);
}

struct Claim {
  microseconds received;  // since the arrival
  microseconds located;
  microseconds handed_over;  // what the server is told
  microseconds found_at;
};

class FrameJournalClaimTest : public testing::TestWithParam<Claim> {};

TEST_P(FrameJournalClaimTest, StagesAscendWhateverTheLocatorClaims) {
  FrameJournal journal;
  ArriveAndDecode(journal);
  const auto& [received, located, handed_over, found_at] = GetParam();
  const auto message = journal.Answer(Located(received, located), After(kSent));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->stages, (StageTimes{kDecoded, handed_over, found_at, kSent}));
  // The server refuses stages that do not ascend, which would lose the answer.
  EXPECT_TRUE(ParseCoordinateMessage(SerializeCoordinateMessage(*message)));
}

INSTANTIATE_TEST_SUITE_P(
    Claims, FrameJournalClaimTest,
    testing::Values(
        // Both before it was decoded, before it arrived, at the clock's origin.
        Claim{microseconds(100), microseconds(200), kDecoded, kDecoded},
        Claim{-seconds(1), -seconds(1), kDecoded, kDecoded},
        Claim{-kArrived, -kArrived, kDecoded, kDecoded},
        // Both after it was sent, at the clock's end.
        Claim{microseconds(1000), microseconds(2000), kSent, kSent},
        Claim{kMaxPeerClock - kArrived, kMaxPeerClock - kArrived, kSent, kSent},
        // Only one of them astray.
        Claim{-kArrived, microseconds(800), kDecoded, microseconds(800)},
        Claim{microseconds(700), kMaxPeerClock - kArrived, microseconds(700), kSent},
        // Located before it was received.
        Claim{microseconds(800), microseconds(700), microseconds(800), microseconds(800)},
        Claim{kMaxPeerClock - kArrived, -kArrived, kSent, kSent},
        // On the bounds.
        Claim{kDecoded, kSent, kDecoded, kSent}));

TEST(FrameJournalTest, DoesNotAnswerAnUnknownFrame) {
  FrameJournal journal;
  EXPECT_FALSE(journal.Answer(Located(), After(kSent)));
  ArriveAndDecode(journal, kOtherFrame);
  EXPECT_FALSE(journal.Answer(Located(), After(kSent)));
  EXPECT_FALSE(journal.Find(kFrame));
  EXPECT_FALSE(journal.Find(kOtherFrame));
}

TEST(FrameJournalTest, DoesNotAnswerAFrameUntilItIsDecoded) {
  FrameJournal journal;
  journal.Arrived(kFrame, After(microseconds(0)));
  EXPECT_FALSE(journal.Answer(Located(), After(kSent)));
  EXPECT_FALSE(journal.Find(kFrame));
  journal.Decoded(kFrame, After(kDecoded));
  EXPECT_TRUE(journal.Answer(Located(), After(kSent)));
}

TEST(FrameJournalTest, AnswersAFrameOnce) {
  FrameJournal journal;
  ArriveAndDecode(journal);
  ASSERT_TRUE(journal.Answer(Located(), After(kSent)));
  LocatorMessage second = Located();
  second.x = 99;
  EXPECT_FALSE(journal.Answer(second, After(kSent)));
  ASSERT_TRUE(journal.Find(kFrame));
  EXPECT_EQ(journal.Find(kFrame)->ball.x, 12.5);
}

TEST(FrameJournalTest, AnswersOnceWhereNothingWasFoundToo) {
  FrameJournal journal;
  ArriveAndDecode(journal);
  ASSERT_TRUE(journal.Answer(NothingFound(), After(kSent)));
  EXPECT_FALSE(journal.Answer(Located(), After(kSent)));
  EXPECT_FALSE(journal.Find(kFrame));
}

TEST(FrameJournalTest, DoesNotAnswerAMessageWithoutATimestamp) {
  FrameJournal journal;
  ArriveAndDecode(journal, kOtherFrame);  // which is 0
  LocatorMessage message = Located();
  message.rtp_timestamp.reset();
  EXPECT_FALSE(journal.Answer(message, After(kSent)));
  EXPECT_FALSE(journal.Find(kOtherFrame));
}

TEST(FrameJournalTest, RemembersTheLastFramesOnly) {
  FrameJournal journal;
  ArriveAndDecode(journal);
  for (uint32_t id = 0; id + 1 < FrameJournal::kMaxFrames; ++id) ArriveAndDecode(journal, {id});
  ASSERT_TRUE(journal.Answer(Located(), After(kSent)));
  ASSERT_TRUE(journal.Find(kFrame));
  ArriveAndDecode(journal, {FrameJournal::kMaxFrames});
  EXPECT_FALSE(journal.Find(kFrame));
  // The second oldest is still there.
  LocatorMessage second = Located();
  second.rtp_timestamp = kOtherFrame;
  EXPECT_TRUE(journal.Answer(second, After(kSent)));
}

TEST(FrameJournalTest, AForgottenFrameIsNeitherDecodedNorAnswered) {
  FrameJournal journal;
  journal.Arrived(kFrame, After(microseconds(0)));
  for (uint32_t id = 0; id < FrameJournal::kMaxFrames; ++id) {
    journal.Arrived({id}, After(microseconds(0)));
  }
  journal.Decoded(kFrame, After(kDecoded));
  EXPECT_EQ(journal.decoded(), 0U);
  EXPECT_FALSE(journal.Answer(Located(), After(kSent)));
}

TEST(FrameJournalTest, TheFirstPacketOfAFrameCounts) {
  FrameJournal journal;
  journal.Arrived(kFrame, After(microseconds(0)));
  journal.Arrived(kFrame, After(microseconds(100)));
  // A packet that was sent again comes among those of the next frame.
  journal.Arrived(kOtherFrame, After(microseconds(200)));
  journal.Arrived(kFrame, After(microseconds(300)));
  journal.Decoded(kFrame, After(kDecoded));
  const auto message = journal.Answer(Located(), After(kSent));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->arrived, kArrived);
  EXPECT_EQ(message->stages->decoded, kDecoded);
}

TEST(FrameJournalTest, PacketsOfAKnownFrameDoNotPushOutOthers) {
  FrameJournal journal;
  ArriveAndDecode(journal);
  ArriveAndDecode(journal, kOtherFrame);
  for (size_t i = 0; i < 2 * FrameJournal::kMaxFrames; ++i) {
    journal.Arrived(i % 2 == 0 ? kFrame : kOtherFrame, After(microseconds(50)));
  }
  EXPECT_TRUE(journal.Answer(Located(), After(kSent)));
}

TEST(FrameJournalTest, FindsTheBallOfEachFrame) {
  FrameJournal journal;
  ArriveAndDecode(journal);
  ArriveAndDecode(journal, kOtherFrame);
  EXPECT_FALSE(journal.Find(kFrame));
  ASSERT_TRUE(journal.Answer(Located(), After(kSent)));
  const auto found = journal.Find(kFrame);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->ball.x, 12.5);
  EXPECT_EQ(found->ball.y, -3);
  EXPECT_EQ(found->ball.radius, 20);
  EXPECT_EQ(found->confidence, 0.75);
  EXPECT_FALSE(journal.Find(kOtherFrame));
}

TEST(FrameJournalTest, KnowsTheTruthOfAFrameThatComesAfterIt) {
  FrameJournal journal;
  journal.Told(kFrame, {1.5, -2, 20});
  journal.Told(kOtherFrame, {3, 4, 5});
  EXPECT_FALSE(journal.Find(kFrame)) << "the truth is no answer";
  ArriveAndDecode(journal);
  ASSERT_TRUE(journal.FindTruth(kFrame));
  EXPECT_EQ(*journal.FindTruth(kFrame), (Ball{1.5, -2, 20}));
  EXPECT_EQ(*journal.FindTruth(kOtherFrame), (Ball{3, 4, 5}));
  EXPECT_FALSE(journal.FindTruth({7}));
  EXPECT_EQ(journal.decoded(), 1U);
}

TEST(FrameJournalTest, RemembersTheLastTruthsOnlyAndOfAFrameTheLast) {
  FrameJournal journal;
  journal.Told(kFrame, {1, 1, 1});
  for (uint32_t id = 0; id + 1 < FrameJournal::kMaxFrames; ++id) journal.Told({id}, {2, 2, 2});
  EXPECT_TRUE(journal.FindTruth(kFrame));
  journal.Told({0}, {3, 3, 3});
  EXPECT_FALSE(journal.FindTruth(kFrame));
  EXPECT_EQ(*journal.FindTruth({0}), (Ball{3, 3, 3}));
}

TEST(FrameJournalTest, CountsADecodedFrameOnceAndKeepsItsFirstTime) {
  FrameJournal journal;
  EXPECT_EQ(journal.decoded(), 0U);
  journal.Decoded(kFrame, After(kDecoded));  // no packet of it arrived
  EXPECT_EQ(journal.decoded(), 0U);
  ArriveAndDecode(journal);
  journal.Decoded(kFrame, After(kSent));
  EXPECT_EQ(journal.decoded(), 1U);
  ArriveAndDecode(journal, kOtherFrame);
  EXPECT_EQ(journal.decoded(), 2U);
  const auto message = journal.Answer(Located(), After(kSent));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->stages->decoded, kDecoded);
}

}  // namespace
}  // namespace ball
