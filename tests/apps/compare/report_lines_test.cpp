// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "apps/compare/report.h"
#include "tests/apps/compare/ledger_scene.h"

namespace ball {
namespace {

TEST(SessionLiveLineTest, ShowsCountsAndRecentMedians) {
  LedgerTotals totals;
  totals.frames = {300, 295, 1, 1, 1, 2, 0, 0, 0};
  totals.recent_matched_error = 0.1234;
  totals.recent_loop = 3.9;
  EXPECT_EQ(SessionLiveLine(2, totals),
            "session 2: sent 300, matched 295, not found 1, late 1, lost 1, waiting 2 | error "
            "0.123 px | loop 3.900 ms");
}

TEST(SessionLiveLineTest, ShowsADashWithoutAMeasurementAndOtherMessagesOnlyWhereThereAreSome) {
  LedgerTotals totals;
  EXPECT_EQ(
      SessionLiveLine(1, totals),
      "session 1: sent 0, matched 0, not found 0, late 0, lost 0, waiting 0 | error - | loop -");
  totals.messages = {10, 0, 0, 0, 1, 2, 3, 4};
  EXPECT_NE(SessionLiveLine(1, totals).find(", other messages 10 |"), std::string::npos);
}

TEST(CoordinateLineTest, ShowsAnswerAndTruthOfAMatch) {
  TruthLedger ledger;
  ledger.FrameSent(VisibleFrame(1));
  const CoordinateMessage message = FoundAt(1, 1.25, 0);
  EXPECT_EQ(CoordinateLine(3, message, ledger.Receive(message, Ms(13.5))),
            "session 3  rtp 1  found (1.250, 0.000)  truth (1.000, 0.000)  error 0.250 px  loop "
            "3.500 ms  matched");
}

TEST(CoordinateLineTest, ShowsAnAnswerWithoutABallToAFrameWithoutABall) {
  TruthLedger ledger;
  ledger.FrameSent(HiddenFrame(1));
  EXPECT_EQ(CoordinateLine(3, NotFound(1), ledger.Receive(NotFound(1), Ms(13.5))),
            "session 3  rtp 1  found no ball  truth no ball  error -  loop 3.500 ms  not_found");
}

TEST(CoordinateLineTest, ShowsDashesForWhatIsNotKnown) {
  TruthLedger ledger;
  const CoordinateMessage message = FoundAt({}, 5, 6);
  EXPECT_EQ(CoordinateLine(1, message, ledger.Receive(message, Ms(1))),
            "session 1  rtp -  found (5.000, 6.000)  truth -  error -  loop -  unidentified");
}

}  // namespace
}  // namespace ball
