// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "apps/compare/report.h"
#include "tests/apps/compare/report_scene.h"

namespace ball {
namespace {

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

// The words of the line that begins with `label`, without the label.
std::vector<std::string> Row(const std::string& table, const std::string& label) {
  for (const std::string& line : LinesOf(table)) {
    if (line.substr(0, label.size()) == label) {
      std::istringstream rest(line.substr(label.size()));
      return {std::istream_iterator<std::string>(rest), {}};
    }
  }
  return {};
}

using Words = std::vector<std::string>;

TEST(ReportTableTest, NamesTheSession) {
  const std::string table = ReportTable(SessionOf({}));
  EXPECT_EQ(LinesOf(table)[0], "session 1  127.0.0.1:53412  59.2 s");
  EXPECT_EQ(LinesOf(table)[1], "ended: bye");
}

TEST(ReportTableTest, PutsEachCountBelowItsName) {
  LedgerSummary ledger;
  ledger.frames = {11, 12, 13, 14, 15, 0, 16, 17, 18, 0};
  ledger.messages = {21, 22, 23, 24, 25, 26, 27, 28};
  const std::vector<std::string> lines = LinesOf(ReportTable(SessionOf(ledger)));
  ASSERT_GT(lines.size(), 7U);
  EXPECT_EQ(lines[3],
            "frames          sent   matched  not found      late       lost    hidden   false "
            "found     missed");
  EXPECT_EQ(lines[4],
            "                  11        12         13        14         15        16            "
            "17         18");
  EXPECT_EQ(lines[5],
            "messages    received   matched  not found      late  duplicate   unknown  "
            "unidentified  malformed");
  EXPECT_EQ(lines[6],
            "                  21        22         23        24         25        26            "
            "27         28");
}

TEST(ReportTableTest, ShowsADashForWhatWasNotMeasured) {
  const std::string table = ReportTable(SessionOf({}));
  EXPECT_EQ(Row(table, "matched error, px"), (Words{"0", "-", "-", "-", "-", "-", "-"}));
  EXPECT_EQ(Row(table, "  network"), (Words{"-", "-", "-", "-", "-"}));
  EXPECT_EQ(table.find("nan"), std::string::npos);
}

TEST(ReportTableTest, ShowsErrorsAndTimes) {
  LedgerSummary ledger;
  ledger.matched_error = {1774, 0.1, 0.11, 0.12, 0.2, 0.21, 0.3};
  ledger.naive_error = {1770, 8, 9, 10, 11, 12, 13};
  ledger.loop = {1774, 3.9, 3.95, 3.7, 5.0, 7.0, 12.0};
  const std::string table = ReportTable(SessionOf(ledger));
  EXPECT_EQ(Row(table, "matched error, px"),
            (Words{"1774", "0.100", "0.110", "0.120", "0.200", "0.210", "0.300"}));
  EXPECT_EQ(Row(table, "naive error, px")[0], "1770");
  EXPECT_EQ(Row(table, "loop, ms"),
            (Words{"1774", "3.900", "3.950", "3.700", "5.000", "7.000", "12.000"}));
}

// Counted in thousandths, so that what is compared is what is shown, digit by digit.
int64_t Thousandths(const std::string& number) { return std::llround(std::stod(number) * 1000); }

TEST(ReportTableTest, HasStagesWhoseMeansVisiblyAddUpToTheLoop) {
  for (uint32_t frames = 1; frames <= 40; ++frames) {
    const std::string table = ReportTable(SessionOf(SummaryOfASession(frames)));
    int64_t sum = 0;
    for (const char* stage :
         {"  encode", "  network", "  decode", "  hand over", "  locate", "  return"}) {
      ASSERT_FALSE(Row(table, stage).empty()) << table;
      sum += Thousandths(Row(table, stage)[0]);
    }
    ASSERT_EQ(sum, Thousandths(Row(table, "  sum = loop")[0])) << table;
    ASSERT_EQ(sum, Thousandths(Row(table, "loop, ms")[1])) << table;
  }
}

TEST(ReportTableTest, RoundsUpTheStageThatLosesMost) {
  LedgerSummary ledger;
  ledger.stage_means = {.count = 1, .encode = 1, .network = 2.0008, .loop = 3.0008};
  const std::string table = ReportTable(SessionOf(ledger));
  EXPECT_EQ(Row(table, "  encode")[0], "1.000");
  EXPECT_EQ(Row(table, "  network")[0], "2.001");
}

TEST(ReportTableTest, SaysWhenNotEveryFrameHasItsStages) {
  LedgerSummary ledger = SummaryOfASession(5);
  ledger.loop.count = 6;
  EXPECT_NE(ReportTable(SessionOf(ledger)).find("over the 5 frames"), std::string::npos);
}

TEST(ReportTableTest, SaysWhenThePeerTellsNoStages) {
  TruthLedger ledger;
  ledger.FrameSent(VisibleFrame(0));
  ledger.Receive(FoundAt(0, 0), Ms(5));
  const std::string table = ReportTable(SessionOf(ledger.Summarize()));
  EXPECT_EQ(Row(table, "  encode")[0], "1.000");
  EXPECT_EQ(Row(table, "  network")[0], "-");
  EXPECT_NE(table.find("did not say"), std::string::npos);
}

TEST(ReportTableTest, SaysWhatStillWaits) {
  LedgerSummary ledger;
  ledger.frames.pending = 3;
  EXPECT_NE(ReportTable(SessionOf(ledger)).find("waiting for an answer: 3\n"), std::string::npos);
}

TEST(ReportTableTest, SaysWhatWasNotSentWhereThatIsSo) {
  LedgerSummary ledger;
  EXPECT_EQ(ReportTable(SessionOf(ledger)).find("not sent"), std::string::npos);
  ledger.frames.unsent = 4;
  EXPECT_NE(ReportTable(SessionOf(ledger)).find("not sent, as the network was full: 4\n"),
            std::string::npos);
}

TEST(ReportTableTest, SaysWhatWasSkippedWhereThatIsSo) {
  LedgerSummary ledger;
  EXPECT_EQ(ReportTable(SessionOf(ledger)).find("skipped"), std::string::npos);
  ledger.frames.skipped = 5;
  EXPECT_NE(ReportTable(SessionOf(ledger)).find("skipped by the source, as it was too late: 5\n"),
            std::string::npos);
}

TEST(ReportTableTest, SaysWhatTheNetworkTook) {
  SessionReport session = SessionOf({});
  EXPECT_TRUE(Row(ReportTable(session), "network:").empty());
  session.network = {150'000, 480'000, 3, std::chrono::milliseconds(210), {}, {}};
  EXPECT_NE(ReportTable(session).find("\nnetwork: 480 kbit/s in the end, 150 at the least; "
                                      "lowered 3 times; queue up to 210 ms\n"),
            std::string::npos);
  EXPECT_TRUE(Row(ReportTable(session), "last receiver report").empty());
  session.network->round_trip = std::chrono::milliseconds(40);
  session.network->lost = 0.05;
  EXPECT_NE(ReportTable(session).find("round trip 40 ms, 5.0 % of the packets lost\n"),
            std::string::npos);
}

TEST(ReportTableTest, CountsWhatAServerCutOffWhereThatIsSo) {
  Report report = ReportOf(SessionOf({}));
  EXPECT_EQ(CutOffLine(report), "");
  report.cut_off = 0;
  EXPECT_EQ(CutOffLine(report), "");
  report.cut_off = 1;
  EXPECT_EQ(CutOffLine(report), "cut off, as their pipelines did not stop in time: 1 session");
  report.cut_off = 2;
  EXPECT_EQ(CutOffLine(report), "cut off, as their pipelines did not stop in time: 2 sessions");
}

TEST(ReportTableTest, StaysWithinAHundredColumnsOfAscii) {
  LedgerSummary ledger = SummaryOfASession(3);
  ledger.frames = {9'999'999, 9'999'999, 9'999'999, 9'999'999, 9'999'999,
                   9'999'999, 9'999'999, 9'999'999, 9'999'999, 9'999'999};
  ledger.messages = {9'999'999, 9'999'999, 9'999'999, 9'999'999,
                     9'999'999, 9'999'999, 9'999'999, 9'999'999};
  ledger.matched_error = {99'999'999,  2828427.125, 2828427.125, 2828427.125,
                          2828427.125, 2828427.125, 2828427.125};
  SessionReport session = SessionOf(ledger);
  session.peer = std::string(500, 'x');
  session.network = {
      2'000'000'000, 2'000'000'000, 999'999, std::chrono::seconds(99), std::chrono::seconds(99), 1};
  session.ended = "\x1b[2J\n\xc3\xa9" + std::string(500, 'y');
  for (const std::string& line : LinesOf(ReportTable(session))) {
    EXPECT_LE(line.size(), 100U) << line;
    for (const char c : line) {
      EXPECT_TRUE(c >= ' ' && c <= '~') << line;
    }
  }
  EXPECT_EQ(Row(ReportTable(session), "matched error, px").size(), 7U);
}

}  // namespace
}  // namespace ball
