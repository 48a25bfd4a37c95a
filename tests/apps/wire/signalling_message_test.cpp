// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/signalling_message.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace ball {
namespace {

using namespace std::string_view_literals;

struct Written {
  const char* name;
  SignallingMessage message;
  const char* line;
};

ReportMessage Score() {
  const auto number = [](double value, std::optional<int64_t> integer) {
    return json::Value{json::Number{value, integer}};
  };
  json::Array list = {number(1, 1), number(2.5, {}), {json::Null{}}, {true}, {std::string("x")}};
  return {{{"b", {list}}, {"a", {json::Object{}}}}, {{"width", number(640, 640)}}};
}

class SignallingMessageTest : public ::testing::TestWithParam<Written> {};

TEST_P(SignallingMessageTest, IsWrittenAsAiortcWritesIt) {
  EXPECT_EQ(SerializeSignallingMessage(GetParam().message), GetParam().line);
}

TEST_P(SignallingMessageTest, IsReadBackAsItWas) {
  EXPECT_EQ(ParseSignallingMessage(GetParam().line), GetParam().message);
}

// Offer, answer, candidate and bye: what aiortc 1.4.0's object_to_string returned for them.
INSTANTIATE_TEST_SUITE_P(
    Kinds, SignallingMessageTest,
    ::testing::Values(
        Written{"Hello", Hello{"s3cr\"t"}, R"({"token": "s3cr\"t", "type": "hello"})"},
        Written{"Offer", Offer{"v=0\r\no=- 1\r\n"},
                R"({"sdp": "v=0\r\no=- 1\r\n", "type": "offer"})"},
        Written{"Answer", Answer{"v=0\r\n\xc3\xa9"},
                R"({"sdp": "v=0\r\n\u00e9", "type": "answer"})"},
        Written{"Candidate",
                Candidate{"candidate:1 1 udp 2130706431 10.0.0.1 5000 typ host", "0", 1},
                R"({"candidate": "candidate:1 1 udp 2130706431 10.0.0.1 5000 typ host", )"
                R"("id": "0", "label": 1, "type": "candidate"})"},
        Written{"Bye", Bye{}, R"({"type": "bye"})"},
        Written{"Error", ErrorMessage{"no room\n"}, R"({"message": "no room\n", "type": "error"})"},
        Written{"HelloThatAsksForAReport", Hello{"t", true},
                R"({"report": true, "token": "t", "type": "hello"})"},
        Written{"HelloThatAsksForTheTruth", Hello{"t", true, true},
                R"({"report": true, "token": "t", "truth": true, "type": "hello"})"},
        Written{"ErrorThatIsNotForEver", ErrorMessage{"full", true},
                R"({"message": "full", "retry": true, "type": "error"})"},
        Written{"Check", Check{}, R"({"type": "check"})"},
        Written{
            "Status", Status{true, false, 3, 16},
            R"({"cut_off": 0, "live": false, "max_sessions": 16, "ready": true, "sessions": 3, )"
            R"("type": "status"})"},
        Written{"StatusWithSessionsCutOff", Status{true, true, 3, 16, 2},
                R"({"cut_off": 2, "live": true, "max_sessions": 16, "ready": true, "sessions": 3, )"
                R"("type": "status"})"},
        Written{"Report", Score(),
                R"({"report": {"b": [1, 2.5, null, true, "x"], "a": {}}, )"
                R"("type": "report", "video": {"width": 640}})"}),
    [](const auto& info) { return info.param.name; });

TEST(ParseSignallingMessageTest, StatusOfWhoCountsNoneCutOffHasNone) {
  EXPECT_EQ(ParseSignallingMessage(
                R"({"type":"status","ready":true,"live":true,"max_sessions":4,"sessions":1})"),
            SignallingMessage(Status{true, true, 1, 4, 0}));
}

TEST(ParseSignallingMessageTest, TakesCompactJsonInAnyOrderWithUnknownMembers) {
  EXPECT_EQ(ParseSignallingMessage(R"({"x":[{}],"type":"offer","sdp":"v=0"})"),
            SignallingMessage(Offer{"v=0"}));
}

TEST(ParseSignallingMessageTest, TakesAHelloWithoutATokenThatAsksForAReport) {
  const SignallingMessage expected = Hello{"", true};
  EXPECT_EQ(ParseSignallingMessage(R"({"type":"hello","report":true})"), expected);
}

TEST(ParseSignallingMessageTest, TakesAHelloThatAsksForTheTruthAlone) {
  const SignallingMessage expected = Hello{"", false, true};
  EXPECT_EQ(ParseSignallingMessage(R"({"type":"hello","truth":true})"), expected);
}

TEST(ParseSignallingMessageTest, TakesAReportWithoutAVideo) {
  const SignallingMessage expected = ReportMessage{};
  EXPECT_EQ(ParseSignallingMessage(R"({"type":"report","report":{}})"), expected);
}

TEST(ParseSignallingMessageTest, TakesACandidateWithoutAMid) {
  const SignallingMessage expected = Candidate{"", "", 0};
  EXPECT_EQ(ParseSignallingMessage(R"({"candidate":"","label":0,"type":"candidate"})"), expected);
  EXPECT_EQ(ParseSignallingMessage(R"({"candidate":"","id":null,"label":0,"type":"candidate"})"),
            expected);
}

struct Refused {
  const char* name;
  std::string_view line;
};

class SignallingRefusedTest : public ::testing::TestWithParam<Refused> {};

TEST_P(SignallingRefusedTest, IsNoMessage) {
  EXPECT_EQ(ParseSignallingMessage(GetParam().line), std::nullopt);
}

TEST_P(SignallingRefusedTest, HasAReason) {
  EXPECT_NE(WhyNoSignallingMessage(GetParam().line), "");
}

INSTANTIATE_TEST_SUITE_P(
    Lines, SignallingRefusedTest,
    ::testing::Values(
        Refused{"Nothing", ""}, Refused{"NoJson", "GET / HTTP/1.1"}, Refused{"Array", "[]"},
        Refused{"Text", "\"bye\""}, Refused{"Null", "null"}, Refused{"NoType", "{}"},
        Refused{"TypeIsNumber", R"({"type":1})"}, Refused{"TypeIsNull", R"({"type":null})"},
        Refused{"UnknownType", R"({"type":"pranswer","sdp":"v=0"})"},
        Refused{"TypeInCapitals", R"({"type":"BYE"})"},
        Refused{"TypeTwice", R"({"type":"bye","type":"offer","sdp":""})"},
        Refused{"OfferWithoutSdp", R"({"type":"offer"})"},
        Refused{"SdpIsNull", R"({"sdp":null,"type":"answer"})"},
        Refused{"SdpIsObject", R"({"sdp":{},"type":"answer"})"},
        Refused{"HelloWithoutToken", R"({"type":"hello"})"},
        Refused{"HelloWithoutTokenThatAsksForNull", R"({"type":"hello","report":null})"},
        Refused{"TokenIsNumber", R"({"token":1,"type":"hello"})"},
        Refused{"TruthIsNumber", R"({"token":"t","truth":1,"type":"hello"})"},
        Refused{"ReportIsText", R"({"token":"t","report":"true","type":"hello"})"},
        Refused{"RetryIsNumber", R"({"message":"m","retry":1,"type":"error"})"},
        Refused{"ReportIsNoObject", R"({"type":"report","report":[]})"},
        Refused{"ReportIsMissing", R"({"type":"report"})"},
        Refused{"VideoIsNoObject", R"({"type":"report","report":{},"video":1})"},
        Refused{"StatusWithoutSessions",
                R"({"type":"status","ready":true,"live":true,"max_sessions":1})"},
        Refused{"StatusOfNegativeSessions",
                R"({"type":"status","ready":true,"live":true,"max_sessions":1,"sessions":-1})"},
        Refused{"StatusReadyIsNumber",
                R"({"type":"status","ready":1,"live":true,"max_sessions":1,"sessions":0})"},
        Refused{"ErrorWithoutMessage", R"({"type":"error"})"},
        Refused{"CandidateWithoutLabel", R"({"candidate":"c","id":"0","type":"candidate"})"},
        Refused{"LabelIsText", R"({"candidate":"c","id":"0","label":"0","type":"candidate"})"},
        Refused{"LabelNegative", R"({"candidate":"c","id":"0","label":-1,"type":"candidate"})"},
        Refused{"LabelHuge",
                R"({"candidate":"c","id":"0","label":18446744073709551616,"type":"candidate"})"},
        Refused{"LabelFraction", R"({"candidate":"c","id":"0","label":0.5,"type":"candidate"})"},
        Refused{"MidIsNumber", R"({"candidate":"c","id":0,"label":0,"type":"candidate"})"},
        Refused{"CandidateIsNull", R"({"candidate":null,"id":"0","label":0,"type":"candidate"})"},
        Refused{"TrailingGarbage", R"({"type":"bye"}x)"},
        Refused{"TwoMessages", R"({"type":"bye"}{"type":"bye"})"},
        Refused{"EmbeddedNul", "{\"type\":\"bye\"}\0"sv},
        Refused{"NulInSdp", R"({"sdp":"v=0\u0000","type":"offer"})"},
        Refused{"InvalidUtf8", "{\"sdp\":\"\xff\",\"type\":\"offer\"}"}),
    [](const auto& info) { return info.param.name; });

TEST(WhyNoSignallingMessageTest, SaysWhatIsWrongInAFewWords) {
  EXPECT_EQ(WhyNoSignallingMessage(R"({"type":"bye"})"), "");
  EXPECT_EQ(WhyNoSignallingMessage("bye"), "it is no JSON, from byte 0 on");
  EXPECT_EQ(WhyNoSignallingMessage("[]"), "it is no JSON object");
  EXPECT_EQ(WhyNoSignallingMessage(R"({"sdp":7,"type":"answer"})"),
            "its sdp has the wrong type or range");
  EXPECT_EQ(WhyNoSignallingMessage(R"({"candidate":"","label":-1,"type":"candidate"})"),
            "its label has the wrong type or range");
  EXPECT_EQ(WhyNoSignallingMessage(R"({"type":"pranswer"})"),
            "its type is unknown, or a member that this type needs is not there");
  EXPECT_EQ(WhyNoSignallingMessage(std::string(kMaxSignallingLine + 1, ' ')), "it is too long");
}

TEST(ParseSignallingMessageTest, RefusesDeepNesting) {
  std::string line =
      R"({"type":"bye","x":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_EQ(ParseSignallingMessage(line), std::nullopt);
}

TEST(ParseSignallingMessageTest, TakesALineOfTheGreatestLengthAndNoLonger) {
  const std::string empty = R"({"sdp": "", "type": "offer"})";
  const Offer longest{std::string(kMaxSignallingLine - empty.size(), 'x')};
  EXPECT_EQ(ParseSignallingMessage(SerializeSignallingMessage(longest)),
            SignallingMessage(longest));
  const Offer longer{longest.sdp + "x"};
  EXPECT_EQ(ParseSignallingMessage(SerializeSignallingMessage(longer)), std::nullopt);
}

TEST(SerializeSignallingMessageTest, StaysOneLineOfJsonWhateverTheTextHolds) {
  const std::string line = SerializeSignallingMessage(ErrorMessage{"a\nb\xff\"}"});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(ParseSignallingMessage(line), SignallingMessage(ErrorMessage{"a\nb\xef\xbf\xbd\"}"}));
}

TEST(ParseSignallingMessageTest, SurvivesBytesThatWereChangedAtRandom) {
  const std::string line = SerializeSignallingMessage(Candidate{"candidate:1 1 udp", "video0", 1});
  std::mt19937 random(2);
  size_t accepted = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string changed = line;
    changed[random() % changed.size()] = static_cast<char>(random());
    changed.resize(changed.size() - random() % 2);
    accepted += ParseSignallingMessage(changed) ? 1 : 0;
  }
  EXPECT_LT(accepted, 5000U);
}

}  // namespace
}  // namespace ball
