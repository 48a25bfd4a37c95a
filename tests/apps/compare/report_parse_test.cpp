// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "apps/compare/report.h"
#include "tests/apps/compare/report_scene.h"

namespace ball {
namespace {

json::Object ObjectOf(const std::string& text) {
  return std::get<json::Object>(json::Parse(text).value().data);
}

json::Object ScoredSession() { return ObjectOf(SessionJson(SessionOf(SummaryOfASession(50)))); }

TEST(ParseSessionReportTest, ReadsWhatIsWritten) {
  const json::Object written = ScoredSession();
  const auto session = ParseSessionReport(written);
  ASSERT_TRUE(session);
  EXPECT_EQ(ObjectOf(SessionJson(*session)), written);
}

TEST(ParseSessionReportTest, ReadsWhatTheNetworkTook) {
  SessionReport session = SessionOf({});
  session.network = {150'000, 480'000, 3, std::chrono::milliseconds(210), {}, 0.25};
  const json::Object written = ObjectOf(SessionJson(session));
  const auto read = ParseSessionReport(written);
  ASSERT_TRUE(read);
  EXPECT_EQ(ObjectOf(SessionJson(*read)), written);
  EXPECT_EQ(ReportTable(*read), ReportTable(session));
}

TEST(ParseSessionReportTest, ReadsWhatIsNotOfTheLedger) {
  SessionReport session = SessionOf({});
  session.ledger.frames.unsent = 3;
  session.ledger.frames.skipped = 4;
  const auto read = ParseSessionReport(ObjectOf(SessionJson(session)));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->ledger.frames.unsent, 3U);
  EXPECT_EQ(read->ledger.frames.skipped, 4U);
}

TEST(ParseSessionReportTest, TakesTheReportOfAServerThatDidNotCountTheUnsent) {
  std::string text = SessionJson(SessionOf({}));
  const std::string unsent = ",\"unsent\":0,\"skipped\":0";
  ASSERT_NE(text.find(unsent), std::string::npos);
  text.erase(text.find(unsent), unsent.size());
  EXPECT_TRUE(ParseSessionReport(ObjectOf(text)));
}

TEST(ParseSessionReportTest, KeepsNullForWhatWasNotMeasured) {
  const auto session = ParseSessionReport(ObjectOf(SessionJson(SessionOf({}))));
  ASSERT_TRUE(session);
  EXPECT_FALSE(session->ledger.loop.mean);
  EXPECT_FALSE(session->ledger.stage_means);
}

// The JSON has no rms of times, and one digit more than the table.
TEST(ParseSessionReportTest, HasTheTableOfTheServer) {
  const auto read = ParseSessionReport(ScoredSession());
  ASSERT_TRUE(read);
  const std::string theirs = ReportTable(SessionOf(SummaryOfASession(50)));
  const std::string ours = ReportTable(*read);
  EXPECT_EQ(ours.substr(0, ours.find("loop, ms")), theirs.substr(0, theirs.find("loop, ms")));
  EXPECT_EQ(ours.substr(ours.find("sum = loop")), theirs.substr(theirs.find("sum = loop")));
}

TEST(ParseSessionReportTest, RefusesASessionThatLacksAnyMember) {
  const json::Object whole = ScoredSession();
  for (size_t i = 0; i < whole.size(); ++i) {
    json::Object session = whole;
    session.erase(session.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(ParseSessionReport(session)) << whole[i].key;
  }
}

TEST(ParseSessionReportTest, RefusesAGroupThatLacksACount) {
  for (const char* group : {"frames", "messages", "loop_ms", "stages_ms"}) {
    json::Object session = ScoredSession();
    const auto member = std::find_if(session.begin(), session.end(),
                                     [group](const auto& one) { return one.key == group; });
    auto& members = std::get<json::Object>(member->value.data);
    members.erase(members.begin());
    EXPECT_FALSE(ParseSessionReport(session)) << group;
  }
}

TEST(ParseSessionReportTest, RefusesValuesThatNoSessionHas) {
  for (json::Value value : {json::Value{json::Number{-1, -1}}, json::Value{std::string("1")},
                            json::Value{json::Number{1.5, {}}}, json::Value{json::Null{}}}) {
    json::Object session = ScoredSession();
    session.front().value = value;
    EXPECT_FALSE(ParseSessionReport(session));
  }
}

TEST(SessionJsonTest, NamesTheTimeOfConnectionWhereItIsKnown) {
  SessionReport session = SessionOf({});
  EXPECT_EQ(SessionJson(session).find("connected_s"), std::string::npos);
  session.connected = std::chrono::duration<double>(1.25);
  EXPECT_NE(SessionJson(session).find("\"connected_s\":1.25"), std::string::npos);
}

TEST(ParseVideoDescriptionTest, ReadsWhatIsWritten) {
  const VideoDescription video =
      ParseVideoDescription(ObjectOf(VideoJson({640, 480, "30/1", "VP8", 2'000'000})));
  EXPECT_EQ(VideoJson(video), VideoJson({640, 480, "30/1", "VP8", 2'000'000}));
}

TEST(ParseVideoDescriptionTest, KnowsNothingOfWhatIsMissing) {
  EXPECT_EQ(VideoJson(ParseVideoDescription({})),
            R"({"width":null,"height":null,"framerate":"","codec":"","bitrate":null})");
}

}  // namespace
}  // namespace ball
