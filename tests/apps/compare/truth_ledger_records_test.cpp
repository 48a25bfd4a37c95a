// SPDX-License-Identifier: LGPL-2.1-or-later
// What the ledger hands out, one record a frame.
#include <gtest/gtest.h>

#include <cmath>

#include "apps/compare/truth_ledger.h"
#include "tests/apps/compare/ledger_scene.h"

namespace ball {
namespace {

TEST(TruthLedgerRecordsTest, HoldsWhatIsKnownAboutAFrame) {
  TruthLedger ledger;
  ledger.FrameDrawn(Drawn(VisibleFrame(1)));
  ledger.FrameSent(VisibleFrame(1));
  ledger.FrameDrawn(Drawn(VisibleFrame(2)));
  ledger.Receive(FoundAt(1, 1, 2), Ms(20));
  const auto records = ledger.TakeFinished();
  ASSERT_EQ(records.size(), 1U);
  const FrameRecord& record = records[0];
  EXPECT_EQ(record.frame.id, RtpTimestamp{1});
  EXPECT_EQ(record.fate, Fate::kMatched);
  EXPECT_EQ(record.answer, FoundAt(1, 1, 2));
  EXPECT_EQ(record.arrived, Ms(20));
  EXPECT_EQ(record.matched_error, 2);
  EXPECT_NEAR(*record.naive_error, std::sqrt(5), 1e-9);
  EXPECT_EQ(record.loop, std::chrono::milliseconds(10));
  EXPECT_EQ(record.stages.encode, std::chrono::milliseconds(1));
}

TEST(TruthLedgerRecordsTest, GoesOutOnce) {
  TruthLedger ledger;
  ledger.FrameSent(VisibleFrame(1));
  ledger.Receive(NotFound(1), Ms(20));
  EXPECT_EQ(ledger.TakeFinished().size(), 1U);
  EXPECT_TRUE(ledger.TakeFinished().empty());
}

TEST(TruthLedgerRecordsTest, GoesOutInTheOrderOfSending) {
  TruthLedger ledger;
  for (uint32_t n = 0; n < 3; ++n) {
    ledger.FrameSent(VisibleFrame(n));
  }
  ledger.Receive(NotFound(2), Ms(40));
  ledger.Receive(NotFound(1), Ms(41));
  EXPECT_TRUE(ledger.TakeFinished().empty());
  ledger.Receive(NotFound(0), Ms(42));
  const auto records = ledger.TakeFinished();
  ASSERT_EQ(records.size(), 3U);
  for (uint32_t n = 0; n < 3; ++n) {
    EXPECT_EQ(records[n].frame.id.value, n);
  }
}

TEST(TruthLedgerRecordsTest, WaitsForTheNaiveError) {
  TruthLedger ledger;
  ledger.FrameDrawn(Drawn(VisibleFrame(0)));
  ledger.FrameSent(VisibleFrame(0));
  ledger.Receive(FoundAt(0, 0), Ms(5));
  EXPECT_TRUE(ledger.TakeFinished().empty());
  ledger.FrameDrawn(Drawn(VisibleFrame(1)));
  const auto records = ledger.TakeFinished();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].naive_error, 0.5);
}

TEST(TruthLedgerRecordsTest, SaysWhatWasLateAndWhatWasLost) {
  TruthLedger ledger({.late_after = std::chrono::milliseconds(5)});
  ledger.FrameSent(VisibleFrame(0));
  ledger.FrameSent(VisibleFrame(1));
  ledger.Receive(FoundAt(0, 3), Ms(20));
  ledger.Close(Ms(30));
  const auto records = ledger.TakeFinished();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].fate, Fate::kLate);
  EXPECT_EQ(records[0].loop, std::chrono::milliseconds(20));
  EXPECT_TRUE(records[0].answer);
  EXPECT_EQ(records[1].fate, Fate::kLost);
  EXPECT_FALSE(records[1].answer || records[1].loop || records[1].arrived);
}

TEST(TruthLedgerRecordsTest, DropsTheOldestWhenNobodyTakesThem) {
  TruthLedger ledger({.keep_records = 10});
  for (uint32_t n = 0; n < 100; ++n) {
    ledger.FrameSent(VisibleFrame(n));
    ledger.Receive(NotFound(n), Ms(n * 10.0 + 2));
  }
  const auto records = ledger.TakeFinished();
  ASSERT_EQ(records.size(), 10U);
  EXPECT_EQ(records.front().frame.id.value, 90U);
  EXPECT_EQ(records.back().frame.id.value, 99U);
}

}  // namespace
}  // namespace ball
