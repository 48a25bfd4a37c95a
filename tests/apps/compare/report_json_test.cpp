// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <json-glib/json-glib.h>

#include <locale>
#include <string>

#include "apps/compare/report.h"
#include "tests/apps/compare/report_scene.h"

namespace ball {
namespace {

// A report, read by a reader that we did not write.
class ReportJsonTest : public ::testing::Test {
 protected:
  void Read(const Report& report) {
    text_ = ReportJson(report);
    ASSERT_TRUE(json_parser_load_from_data(parser_, text_.data(), static_cast<gssize>(text_.size()),
                                           nullptr));
  }
  ~ReportJsonTest() override { g_object_unref(parser_); }

  ::JsonObject* Root() { return json_node_get_object(json_parser_get_root(parser_)); }
  ::JsonObject* Session() {
    return json_array_get_object_element(json_object_get_array_member(Root(), "sessions"), 0);
  }
  static ::JsonObject* In(::JsonObject* object, const char* key) {
    return json_object_get_object_member(object, key);
  }
  static int64_t Count(::JsonObject* object, const char* key) {
    return json_object_get_int_member(object, key);
  }
  static double Real(::JsonObject* object, const char* key) {
    return json_object_get_double_member(object, key);
  }
  static std::string Keys(::JsonObject* object) {
    std::string keys;
    GList* members = json_object_get_members(object);
    for (GList* member = members; member != nullptr; member = member->next) {
      keys += std::string(keys.empty() ? "" : " ") + static_cast<const char*>(member->data);
    }
    g_list_free(members);
    return keys;
  }

  ::JsonParser* parser_ = json_parser_new();
  std::string text_;
};

TEST_F(ReportJsonTest, CountsWhatAServerCutOff) {
  Report report = ReportOf(SessionOf({}));
  report.cut_off = 3;
  Read(report);
  EXPECT_EQ(Keys(Root()), "schema version started duration_s video cut_off sessions");
  EXPECT_EQ(Count(Root(), "cut_off"), 3);
}

TEST_F(ReportJsonTest, DescribesTheRunAndTheVideo) {
  Read(ReportOf(SessionOf({})));
  EXPECT_EQ(Keys(Root()), "schema version started duration_s video sessions");
  EXPECT_STREQ(json_object_get_string_member(Root(), "schema"), "gst-ball-report/1");
  EXPECT_STREQ(json_object_get_string_member(Root(), "started"), "2024-05-06T07:08:09Z");
  EXPECT_EQ(Real(Root(), "duration_s"), 60);
  ::JsonObject* video = In(Root(), "video");
  EXPECT_EQ(Keys(video), "width height framerate codec bitrate");
  EXPECT_EQ(Count(video, "bitrate"), 2'000'000);
  EXPECT_STREQ(json_object_get_string_member(video, "framerate"), "30/1");
}

TEST_F(ReportJsonTest, HasEveryKeyOfTheSchema) {
  Read(ReportOf(SessionOf({})));
  ::JsonObject* session = Session();
  EXPECT_EQ(Keys(session),
            "id peer started_s duration_s ended frames messages matched_error_px naive_error_px "
            "loop_ms stages_ms");
  EXPECT_EQ(Keys(In(session, "frames")),
            "sent matched not_found late lost hidden false_found missed unsent skipped");
  EXPECT_EQ(Keys(In(session, "messages")),
            "received matched not_found late duplicate unknown unidentified malformed");
  EXPECT_EQ(Keys(In(session, "matched_error_px")), "count mean rms p50 p95 p99 max");
  EXPECT_EQ(Keys(In(session, "naive_error_px")), "count mean rms p50 p95 p99 max");
  EXPECT_EQ(Keys(In(session, "loop_ms")), "count mean p50 p95 p99 max");
  EXPECT_EQ(Keys(In(session, "stages_ms")), "encode network decode hand_over locate return");
  EXPECT_EQ(Keys(In(In(session, "stages_ms"), "return")), "count mean p50 p95 p99 max");
}

TEST_F(ReportJsonTest, SaysWhatTheNetworkTookWhereTheBitRateFollowsIt) {
  SessionReport session = SessionOf({});
  session.network = {150'000, 480'000, 3, std::chrono::milliseconds(210), {}, {}};
  Read(ReportOf(session));
  ::JsonObject* network = In(Session(), "network");
  EXPECT_EQ(Keys(network),
            "lowest_bitrate last_bitrate cuts longest_queue_ms round_trip_ms packets_lost");
  EXPECT_EQ(Count(network, "lowest_bitrate"), 150'000);
  EXPECT_EQ(Count(network, "last_bitrate"), 480'000);
  EXPECT_EQ(Count(network, "cuts"), 3);
  EXPECT_EQ(Real(network, "longest_queue_ms"), 210);
  EXPECT_TRUE(json_object_get_null_member(network, "round_trip_ms"));
}

TEST_F(ReportJsonTest, WritesNullForWhatWasNotMeasured) {
  Read(ReportOf(SessionOf({})));
  for (const char* section : {"matched_error_px", "naive_error_px", "loop_ms"}) {
    EXPECT_EQ(Count(In(Session(), section), "count"), 0);
    for (const char* key : {"mean", "p50", "p95", "p99", "max"}) {
      EXPECT_TRUE(json_object_get_null_member(In(Session(), section), key)) << section << key;
    }
  }
  EXPECT_TRUE(json_object_get_null_member(In(In(Session(), "stages_ms"), "network"), "p95"));
}

TEST_F(ReportJsonTest, WritesTheCountsThatItWasGiven) {
  LedgerSummary ledger;
  ledger.frames = {9, 1, 2, 3, 3, 0, 4, 5, 6, 7, 8};
  ledger.messages = {28, 1, 2, 3, 4, 5, 6, 7};
  Read(ReportOf(SessionOf(ledger)));
  ::JsonObject* frames = In(Session(), "frames");
  EXPECT_EQ(Count(frames, "sent"), Count(frames, "matched") + Count(frames, "not_found") +
                                       Count(frames, "late") + Count(frames, "lost"));
  EXPECT_EQ(Count(frames, "hidden"), 4);
  EXPECT_EQ(Count(frames, "false_found"), 5);
  EXPECT_EQ(Count(frames, "missed"), 6);
  EXPECT_EQ(Count(frames, "unsent"), 7);
  EXPECT_EQ(Count(frames, "skipped"), 8);
  ::JsonObject* messages = In(Session(), "messages");
  EXPECT_EQ(Count(messages, "received"), 28);
  EXPECT_EQ(Count(messages, "duplicate"), 4);
  EXPECT_EQ(Count(messages, "malformed"), 7);
}

TEST_F(ReportJsonTest, HasStagesThatAddUpToTheLoop) {
  Read(ReportOf(SessionOf(SummaryOfASession(500))));
  ::JsonObject* stages = In(Session(), "stages_ms");
  double sum = 0;
  for (const char* stage : {"encode", "network", "decode", "hand_over", "locate", "return"}) {
    EXPECT_EQ(Count(In(stages, stage), "count"), 500);
    sum += Real(In(stages, stage), "mean");
  }
  EXPECT_NEAR(sum, Real(In(Session(), "loop_ms"), "mean"), 0.001);
  EXPECT_GT(Real(In(Session(), "matched_error_px"), "rms"), 0);
}

TEST_F(ReportJsonTest, IsStillJsonWhenTextsAreNot) {
  SessionReport session = SessionOf({});
  session.ended = "\"}\n\xff\x1b[31m";
  Read(ReportOf(session));
  EXPECT_STREQ(json_object_get_string_member(Session(), "ended"), "\"}\n\xef\xbf\xbd\x1b[31m");
}

TEST_F(ReportJsonTest, ListsSessionsInTheirOrder) {
  Report report = ReportOf(SessionOf({}));
  report.sessions.push_back(SessionOf({}));
  report.sessions[1].id = 2;
  Read(report);
  ::JsonArray* sessions = json_object_get_array_member(Root(), "sessions");
  ASSERT_EQ(json_array_get_length(sessions), 2U);
  EXPECT_EQ(Count(json_array_get_object_element(sessions, 1), "id"), 2);
}

TEST_F(ReportJsonTest, WritesAnEmptyListForNoSession) {
  Report report = ReportOf(SessionOf({}));
  report.sessions.clear();
  Read(report);
  EXPECT_EQ(json_array_get_length(json_object_get_array_member(Root(), "sessions")), 0U);
  EXPECT_EQ(text_.back(), '\n');
}

class DecimalComma : public std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
};

TEST(ReportLocaleTest, UsesAPointInALocaleThatUsesAComma) {
  const SessionReport session = SessionOf(SummaryOfASession(3));
  const std::string expected = ReportJson(ReportOf(session)) + ReportTable(session);
  const std::locale before = std::locale::global(std::locale(std::locale(), new DecimalComma));
  const std::string written = ReportJson(ReportOf(session)) + ReportTable(session);
  std::locale::global(before);
  EXPECT_EQ(written, expected);
}

}  // namespace
}  // namespace ball
