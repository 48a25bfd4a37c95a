// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/truth_ledger.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/apps/compare/ledger_scene.h"

namespace ball {
namespace {

using Kind = Verdict::Kind;
using std::chrono::milliseconds;

TEST(TruthLedgerTest, BeginsWithNothing) {
  const TruthLedger ledger;
  EXPECT_TRUE(ledger.Settled());
  EXPECT_EQ(ledger.Totals().frames.sent, 0U);
  EXPECT_EQ(ledger.Totals().messages.received, 0U);
  EXPECT_EQ(ledger.Summarize().matched_error.mean, std::nullopt);
}

TEST(TruthLedgerTest, MatchesAnAnswerWithTheVeryFrame) {
  TruthLedger ledger;
  ledger.FrameSent(VisibleFrame(1));
  ledger.FrameSent(VisibleFrame(2));
  const Verdict verdict = ledger.Receive(FoundAt(1, 4, 4), Ms(25));
  EXPECT_EQ(verdict.kind, Kind::kMatched);
  EXPECT_EQ(verdict.truth, (Ball{1, 0, 10}));
  EXPECT_EQ(verdict.matched_error, 5);
  EXPECT_EQ(verdict.loop, milliseconds(15));
  EXPECT_EQ(ledger.Totals().frames.matched, 1U);
  EXPECT_EQ(ledger.Totals().frames.pending, 1U);
  EXPECT_EQ(ledger.Totals().messages.matched, 1U);
}

TEST(TruthLedgerTest, TakesAnswersInAnyOrder) {
  TruthLedger ledger;
  for (uint32_t n = 0; n < 3; ++n) {
    ledger.FrameSent(VisibleFrame(n));
  }
  for (const uint32_t n : {2U, 0U, 1U}) {
    EXPECT_EQ(ledger.Receive(FoundAt(n, n), Ms(40)).matched_error, 0);
  }
  EXPECT_TRUE(ledger.Settled());
}

TEST(TruthLedgerTest, CountsABallThatWasMissed) {
  TruthLedger ledger;
  ledger.FrameSent(VisibleFrame(1));
  const Verdict verdict = ledger.Receive(NotFound(1), Ms(25));
  EXPECT_EQ(verdict.kind, Kind::kNotFound);
  EXPECT_EQ(verdict.matched_error, std::nullopt);
  EXPECT_TRUE(verdict.truth);
  EXPECT_EQ(ledger.Totals().frames.not_found, 1U);
  EXPECT_EQ(ledger.Totals().frames.missed, 1U);
  EXPECT_EQ(ledger.Totals().messages.not_found, 1U);
}

TEST(TruthLedgerTest, CountsNoMissWhereThereWasNoBall) {
  TruthLedger ledger;
  ledger.FrameSent(HiddenFrame(1));
  EXPECT_EQ(ledger.Receive(NotFound(1), Ms(25)).truth, std::nullopt);
  EXPECT_EQ(ledger.Totals().frames.hidden, 1U);
  EXPECT_EQ(ledger.Totals().frames.not_found, 1U);
  EXPECT_EQ(ledger.Totals().frames.missed, 0U);
}

TEST(TruthLedgerTest, CountsAFalseHitAsAMatchWithoutAnError) {
  TruthLedger ledger;
  ledger.FrameSent(HiddenFrame(1));
  const Verdict verdict = ledger.Receive(FoundAt(1, 5), Ms(25));
  EXPECT_EQ(verdict.kind, Kind::kMatched);
  EXPECT_EQ(verdict.matched_error, std::nullopt);
  EXPECT_EQ(ledger.Totals().frames.false_found, 1U);
  EXPECT_EQ(ledger.Summarize().matched_error.count, 0U);
  EXPECT_EQ(ledger.Summarize().loop.count, 1U);
}

TEST(TruthLedgerTest, CountsAnAnswerOfExactlyTheLimitAsInTime) {
  TruthLedger ledger({.late_after = milliseconds(100)});
  ledger.FrameSent(VisibleFrame(1));  // sent at 11 ms
  EXPECT_EQ(ledger.Receive(FoundAt(1, 1), Ms(111)).kind, Kind::kMatched);
}

TEST(TruthLedgerTest, CountsAnAnswerBeyondTheLimitAsLateWithoutMeasuringIt) {
  TruthLedger ledger({.late_after = milliseconds(100)});
  ledger.FrameSent(VisibleFrame(1));
  const Verdict verdict = ledger.Receive(FoundAt(1, 1), Ms(111.001));
  EXPECT_EQ(verdict.kind, Kind::kLate);
  EXPECT_TRUE(verdict.loop);
  EXPECT_EQ(verdict.matched_error, std::nullopt);
  EXPECT_EQ(ledger.Totals().frames.late, 1U);
  EXPECT_EQ(ledger.Totals().messages.late, 1U);
  EXPECT_EQ(ledger.Summarize().loop.count, 0U);
  EXPECT_EQ(ledger.Summarize().stages.encode.count, 0U);
}

TEST(TruthLedgerTest, CountsEveryFurtherAnswerAsADuplicate) {
  TruthLedger ledger({.late_after = milliseconds(100)});
  ledger.FrameSent(VisibleFrame(1));
  ledger.FrameSent(VisibleFrame(2));
  ledger.Receive(FoundAt(1, 1), Ms(30));
  ledger.Receive(FoundAt(2, 2), Ms(500));
  EXPECT_EQ(ledger.Receive(FoundAt(1, 99), Ms(510)).kind, Kind::kDuplicate);
  EXPECT_EQ(ledger.Receive(NotFound(2), Ms(520)).kind, Kind::kDuplicate);
  EXPECT_EQ(ledger.Totals().messages.duplicate, 2U);
  EXPECT_EQ(ledger.Totals().frames.matched, 1U);
  EXPECT_EQ(ledger.Totals().frames.late, 1U);
  EXPECT_EQ(ledger.Summarize().matched_error.max, 0);
}

TEST(TruthLedgerTest, CountsAnAnswerToAFrameNeverSentAsUnknown) {
  TruthLedger ledger;
  ledger.FrameSent(VisibleFrame(1));
  const Verdict verdict = ledger.Receive(FoundAt(2, 1), Ms(30));
  EXPECT_EQ(verdict.kind, Kind::kUnknown);
  EXPECT_FALSE(verdict.truth || verdict.loop || verdict.matched_error);
  EXPECT_EQ(ledger.Totals().messages.unknown, 1U);
  EXPECT_FALSE(ledger.Settled());
}

TEST(TruthLedgerTest, CountsAFrameAsLostWhenItIsForgotten) {
  TruthLedger ledger({.forget_after = milliseconds(1000)});
  ledger.FrameSent(VisibleFrame(1));    // sent at 11 ms
  ledger.FrameSent(VisibleFrame(100));  // sent at 1001 ms
  EXPECT_EQ(ledger.Totals().frames.pending, 2U);
  ledger.FrameSent(VisibleFrame(101));  // sent at 1011 ms
  EXPECT_EQ(ledger.Totals().frames.lost, 1U);
  EXPECT_EQ(ledger.Receive(FoundAt(1, 1), Ms(1012)).kind, Kind::kUnknown);
}

TEST(TruthLedgerTest, ForgetsWhenAMessageComesToo) {
  TruthLedger ledger({.forget_after = milliseconds(1000)});
  ledger.FrameSent(VisibleFrame(1));
  EXPECT_EQ(ledger.Receive(FoundAt(1, 1), Ms(1011)).kind, Kind::kUnknown);
  EXPECT_EQ(ledger.Totals().frames.lost, 1U);
  EXPECT_TRUE(ledger.Settled());
}

TEST(TruthLedgerTest, ForgetsAnsweredFramesAsWell) {
  TruthLedger ledger({.forget_after = milliseconds(1000)});
  ledger.FrameSent(VisibleFrame(1));
  ledger.Receive(FoundAt(1, 1), Ms(30));
  EXPECT_EQ(ledger.Receive(FoundAt(1, 1), Ms(2000)).kind, Kind::kUnknown);
  EXPECT_EQ(ledger.Totals().frames.lost, 0U);
}

TEST(TruthLedgerTest, CountsMalformedAndUnidentifiedMessages) {
  TruthLedger ledger;
  ledger.ReceiveMalformed();
  EXPECT_EQ(ledger.Receive(FoundAt({}, 1), Ms(1)).kind, Kind::kUnidentified);
  EXPECT_EQ(ledger.Receive(NotFound({}), Ms(1)).kind, Kind::kUnidentified);
  const MessageCounts messages = ledger.Totals().messages;
  EXPECT_EQ(messages.received, 3U);
  EXPECT_EQ(messages.malformed, 1U);
  EXPECT_EQ(messages.unidentified, 2U);
}

TEST(TruthLedgerTest, GivesAReusedTimestampToTheNewerFrame) {
  TruthLedger ledger;
  SentFrame newer = VisibleFrame(2);
  newer.id = RtpTimestamp{1};
  ledger.FrameSent(VisibleFrame(1));
  ledger.FrameSent(newer);
  EXPECT_EQ(ledger.Totals().frames.lost, 1U);
  EXPECT_EQ(ledger.Receive(FoundAt(1, 2), Ms(30)).matched_error, 0);
  EXPECT_EQ(ledger.Totals().frames.sent, 2U);
  EXPECT_TRUE(ledger.Settled());
}

TEST(TruthLedgerTest, KeepsTheNewerFrameWhenTheOlderOfTheSameTimestampIsForgotten) {
  TruthLedger ledger({.forget_after = milliseconds(1000)});
  SentFrame newer = VisibleFrame(90);
  newer.id = RtpTimestamp{1};
  ledger.FrameSent(VisibleFrame(1));
  ledger.Receive(FoundAt(1, 1), Ms(20));
  ledger.FrameSent(newer);
  EXPECT_EQ(ledger.Receive(FoundAt(1, 90), Ms(1100)).kind, Kind::kMatched);
}

TEST(TruthLedgerTest, MatchesAcrossTheWrapOfTheTimestamp) {
  TruthLedger ledger;
  SentFrame last = VisibleFrame(1);
  last.id = RtpTimestamp{4294967295};
  SentFrame first = VisibleFrame(2);
  first.id = RtpTimestamp{0};
  ledger.FrameSent(last);
  ledger.FrameSent(first);
  EXPECT_EQ(ledger.Receive(FoundAt(4294967295, 1), Ms(30)).matched_error, 0);
  EXPECT_EQ(ledger.Receive(FoundAt(0, 2), Ms(30)).matched_error, 0);
}

TEST(TruthLedgerTest, MeasuresNoNegativeTimes) {
  TruthLedger ledger;
  ledger.FrameSent(VisibleFrame(1));
  const Verdict verdict = ledger.Receive(FoundAt(1, 1), Ms(-500));
  EXPECT_EQ(verdict.kind, Kind::kMatched);
  EXPECT_EQ(verdict.loop, std::nullopt);
  const LedgerSummary summary = ledger.Summarize();
  EXPECT_EQ(summary.loop.count, 0U);
  EXPECT_EQ(summary.matched_error.count, 1U);
}

TEST(TruthLedgerTest, TakesATruthThatIsNotFiniteAsHidden) {
  TruthLedger ledger;
  SentFrame frame = VisibleFrame(1);
  frame.truth->x = std::numeric_limits<double>::quiet_NaN();
  ledger.FrameSent(frame);
  EXPECT_EQ(ledger.Receive(FoundAt(1, 1), Ms(30)).matched_error, std::nullopt);
  EXPECT_EQ(ledger.Totals().frames.hidden, 1U);
}

TEST(TruthLedgerTest, LosesWhatIsOpenWhenItCloses) {
  TruthLedger ledger;
  ledger.FrameSent(VisibleFrame(1));
  ledger.FrameSent(VisibleFrame(2));
  ledger.Receive(FoundAt(2, 2), Ms(30));
  ledger.Close(Ms(40));
  EXPECT_TRUE(ledger.Settled());
  EXPECT_EQ(ledger.Totals().frames.lost, 1U);
  EXPECT_EQ(ledger.Totals().frames.matched, 1U);
}

TEST(TruthLedgerTest, OnlyCountsMessagesAfterItIsClosed) {
  TruthLedger ledger;
  ledger.FrameSent(VisibleFrame(1));
  ledger.FrameSent(VisibleFrame(2));
  ledger.Receive(FoundAt(2, 2), Ms(30));
  ledger.Close(Ms(40));
  ledger.Close(Ms(41));
  ledger.FrameSent(VisibleFrame(3));
  EXPECT_EQ(ledger.Receive(FoundAt(1, 1), Ms(50)).kind, Kind::kUnknown);
  EXPECT_EQ(ledger.Receive(FoundAt(2, 2), Ms(50)).kind, Kind::kDuplicate);
  EXPECT_EQ(ledger.Receive(FoundAt(3, 3), Ms(50)).kind, Kind::kUnknown);
  EXPECT_EQ(ledger.Receive(FoundAt({}, 3), Ms(50)).kind, Kind::kUnidentified);
  ledger.ReceiveMalformed();
  const LedgerSummary summary = ledger.Summarize();
  EXPECT_EQ(summary.frames.sent, 2U);
  EXPECT_EQ(summary.frames.lost, 1U);
  EXPECT_EQ(summary.messages.received, 6U);
  ExpectBalanced(summary.frames);
  ExpectBalanced(summary.messages);
}

TEST(TruthLedgerTest, SplitsTheLoopIntoStages) {
  TruthLedger ledger;
  ledger.FrameSent(VisibleFrame(0));  // sent at 1 ms
  CoordinateMessage message = FoundAt(0, 0);
  using std::chrono::microseconds;
  message.stages =
      StageTimes{microseconds(500), microseconds(600), microseconds(700), microseconds(800)};
  message.arrived = microseconds(77);
  ledger.Receive(message, Ms(3));
  const LedgerSummary summary = ledger.Summarize();
  ASSERT_TRUE(summary.stage_means);
  EXPECT_DOUBLE_EQ(summary.stage_means->encode, 1);
  EXPECT_DOUBLE_EQ(summary.stage_means->decode, 0.5);
  EXPECT_DOUBLE_EQ(summary.stage_means->network, 0.6);
  EXPECT_DOUBLE_EQ(summary.stage_means->back, 0.7);
  EXPECT_DOUBLE_EQ(summary.stage_means->loop, 3);
}

TEST(TruthLedgerTest, ShowsRecentMediansInItsTotals) {
  TruthLedger ledger;
  for (uint32_t n = 0; n < 5; ++n) {
    ledger.FrameSent(VisibleFrame(n));
    ledger.Receive(FoundAt(n, n + 0.5), Ms(n * 10.0 + 4));
  }
  EXPECT_EQ(ledger.Totals().recent_matched_error, 0.5);
  EXPECT_EQ(ledger.Totals().recent_loop, 4);
}

TEST(TruthLedgerTest, ForgetsTheOldestWhenNoTimePasses) {
  TruthLedger ledger;
  for (uint32_t n = 0; n < 20'000; ++n) {
    SentFrame frame = VisibleFrame(0);
    frame.id = RtpTimestamp{n};
    ledger.FrameSent(frame);
  }
  EXPECT_LT(ledger.Totals().frames.pending, 20'000U);
  EXPECT_EQ(ledger.Receive(FoundAt(0, 0), Ms(2)).kind, Kind::kUnknown);
  EXPECT_EQ(ledger.Receive(FoundAt(19'999, 0), Ms(2)).kind, Kind::kMatched);
  ExpectBalanced(ledger.Totals().frames);
}

}  // namespace
}  // namespace ball
