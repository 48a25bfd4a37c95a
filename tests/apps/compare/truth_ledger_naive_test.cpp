// SPDX-License-Identifier: LGPL-2.1-or-later
// The naive error: distance from where the ball is when the message arrives.
#include <gtest/gtest.h>

#include "apps/compare/truth_ledger.h"
#include "tests/apps/compare/ledger_scene.h"

namespace ball {
namespace {

void DrawAndSend(TruthLedger& ledger, const SentFrame& frame) {
  ledger.FrameDrawn(Drawn(frame));
  ledger.FrameSent(frame);
}

TEST(TruthLedgerNaiveTest, IsKnownOnlyOnceTheNextFrameIsDrawn) {
  TruthLedger ledger;
  DrawAndSend(ledger, VisibleFrame(0));
  ledger.Receive(FoundAt(0, 0), Ms(5));
  EXPECT_EQ(ledger.Summarize().naive_error.count, 0U);
  DrawAndSend(ledger, VisibleFrame(1));
  EXPECT_EQ(ledger.Summarize().naive_error.mean, 0.5);
  EXPECT_EQ(ledger.Summarize().matched_error.mean, 0);
}

TEST(TruthLedgerNaiveTest, IsKnownAtOnceWhereTheNextFrameIsDrawnAlready) {
  TruthLedger ledger;
  DrawAndSend(ledger, VisibleFrame(0));
  DrawAndSend(ledger, VisibleFrame(1));
  ledger.Receive(FoundAt(0, 0), Ms(8));
  EXPECT_NEAR(*ledger.Summarize().naive_error.mean, 0.8, 1e-9);
}

TEST(TruthLedgerNaiveTest, IsAllThatAnUnidentifiedMessageGets) {
  TruthLedger ledger;
  DrawAndSend(ledger, VisibleFrame(0));
  ledger.Receive(FoundAt({}, 3), Ms(10));
  DrawAndSend(ledger, VisibleFrame(1));
  EXPECT_EQ(ledger.Summarize().naive_error.mean, 2);
  EXPECT_EQ(ledger.Summarize().matched_error.count, 0U);
}

TEST(TruthLedgerNaiveTest, UsesFramesThatWereDrawnButNotSent) {
  TruthLedger ledger;
  ledger.FrameDrawn(Drawn(VisibleFrame(7)));
  ledger.FrameDrawn(Drawn(VisibleFrame(8)));
  ledger.Receive(FoundAt({}, 7), Ms(75));
  EXPECT_EQ(ledger.Summarize().naive_error.mean, 0.5);
}

TEST(TruthLedgerNaiveTest, DoesNotExistNextToAHiddenBall) {
  TruthLedger ledger;
  DrawAndSend(ledger, VisibleFrame(0));
  ledger.Receive(FoundAt(0, 0), Ms(5));
  DrawAndSend(ledger, HiddenFrame(1));
  ledger.Close(Ms(12));
  EXPECT_EQ(ledger.Summarize().naive_error.count, 0U);
  ASSERT_EQ(ledger.TakeFinished().size(), 2U);
}

TEST(TruthLedgerNaiveTest, DoesNotExistForWhatWasNotFoundLateOrDuplicate) {
  TruthLedger ledger({.late_after = std::chrono::milliseconds(5)});
  DrawAndSend(ledger, VisibleFrame(0));
  DrawAndSend(ledger, VisibleFrame(1));
  DrawAndSend(ledger, VisibleFrame(2));
  ledger.Receive(NotFound(2), Ms(22));
  ledger.Receive(FoundAt(1, 0), Ms(22));
  ledger.Receive(FoundAt(2, 0), Ms(22));
  DrawAndSend(ledger, VisibleFrame(3));
  EXPECT_EQ(ledger.Summarize().naive_error.count, 0U);
}

TEST(TruthLedgerNaiveTest, ExistsForABallFoundWhereTheFrameHadNone) {
  TruthLedger ledger;
  DrawAndSend(ledger, HiddenFrame(0));
  DrawAndSend(ledger, VisibleFrame(1));
  ledger.Receive(FoundAt(0, 1), Ms(15));
  DrawAndSend(ledger, VisibleFrame(2));
  EXPECT_EQ(ledger.Summarize().naive_error.mean, 0.5);
}

TEST(TruthLedgerNaiveTest, IsSettledAtTheEndByWhereTheBallWouldBe) {
  TruthLedger ledger;
  DrawAndSend(ledger, VisibleFrame(0));
  DrawAndSend(ledger, VisibleFrame(1));
  ledger.Receive(FoundAt(1, 1), Ms(15));
  ledger.Close(Ms(16));
  EXPECT_EQ(ledger.Summarize().naive_error.mean, 0.5);
  const auto records = ledger.TakeFinished();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].naive_error, 0.5);
}

TEST(TruthLedgerNaiveTest, DoesNotExistWithoutDrawnFrames) {
  TruthLedger ledger;
  ledger.FrameSent(VisibleFrame(0));
  EXPECT_EQ(ledger.Receive(FoundAt(0, 0), Ms(5)).kind, Verdict::Kind::kMatched);
  ledger.Close(Ms(10));
  EXPECT_EQ(ledger.Summarize().naive_error.count, 0U);
  EXPECT_EQ(ledger.TakeFinished().size(), 1U);
}

TEST(TruthLedgerNaiveTest, IgnoresFramesDrawnAfterItIsClosed) {
  TruthLedger ledger;
  DrawAndSend(ledger, VisibleFrame(0));
  ledger.Close(Ms(2));
  ledger.FrameDrawn(Drawn(VisibleFrame(1)));
  ledger.Receive(FoundAt({}, 0), Ms(5));
  EXPECT_EQ(ledger.Summarize().naive_error.count, 0U);
}

TEST(TruthLedgerNaiveTest, IsNotMeasuredAfterItIsClosed) {
  TruthLedger ledger;
  DrawAndSend(ledger, VisibleFrame(0));
  DrawAndSend(ledger, VisibleFrame(1));
  ledger.Close(Ms(12));
  ledger.Receive(FoundAt({}, 0), Ms(5));
  EXPECT_EQ(ledger.Summarize().naive_error.count, 0U);
}

TEST(TruthLedgerNaiveTest, IsGivenUpForAFrameThatIsForgotten) {
  TruthLedger ledger({.forget_after = std::chrono::milliseconds(100)});
  ledger.FrameSent(VisibleFrame(0));
  ledger.Receive(FoundAt(0, 0), Ms(5));  // no frame drawn yet: waits
  ledger.FrameSent(VisibleFrame(20));
  const auto records = ledger.TakeFinished();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].naive_error, std::nullopt);
  ledger.FrameDrawn(Drawn(VisibleFrame(20)));
  ledger.FrameDrawn(Drawn(VisibleFrame(21)));
}

TEST(TruthLedgerNaiveTest, StaysBoundedWhenAPeerFloodsBetweenTwoFrames) {
  TruthLedger ledger;
  DrawAndSend(ledger, VisibleFrame(0));
  for (int i = 0; i < 10'000; ++i) {
    ledger.Receive(FoundAt({}, 1), Ms(5));
  }
  DrawAndSend(ledger, VisibleFrame(1));
  const LedgerSummary summary = ledger.Summarize();
  EXPECT_EQ(summary.messages.unidentified, 10'000U);
  EXPECT_GT(summary.naive_error.count, 100U);
  EXPECT_LT(summary.naive_error.count, 1000U);
}

}  // namespace
}  // namespace ball
