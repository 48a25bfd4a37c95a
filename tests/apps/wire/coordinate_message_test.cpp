// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/coordinate_message.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace ball {
namespace {

using namespace std::string_view_literals;
using std::chrono::microseconds;

CoordinateMessage Full() {
  CoordinateMessage message;
  message.rtp_timestamp = RtpTimestamp{3527980796};
  message.found = true;
  message.x = 123.45;
  message.y = 67.89;
  message.radius = 20.1;
  message.confidence = 0.98;
  message.arrived = microseconds(81234567);
  message.stages =
      StageTimes{microseconds(610), microseconds(700), microseconds(760), microseconds(800)};
  return message;
}

constexpr std::string_view kFull =
    R"({"rtp_timestamp":3527980796,"found":true,"x":123.45,"y":67.89,"radius":20.1,)"
    R"("confidence":0.98,"arrived_us":81234567,)"
    R"("stages_us":{"decoded":610,"handed_over":700,"located":760,"sent":800}})";

CoordinateMessage Pair(double x, double y) {
  CoordinateMessage message;
  message.found = true;
  message.x = x;
  message.y = y;
  return message;
}

TEST(SerializeCoordinateMessageTest, WritesEverythingThatIsKnown) {
  EXPECT_EQ(SerializeCoordinateMessage(Full()), kFull);
}

TEST(SerializeCoordinateMessageTest, WritesNoPositionOfWhatWasNotFound) {
  CoordinateMessage message;
  message.rtp_timestamp = RtpTimestamp{0};
  message.x = 5;
  EXPECT_EQ(SerializeCoordinateMessage(message), R"({"rtp_timestamp":0,"found":false})");
}

TEST(SerializeCoordinateMessageTest, KeepsAThousandthOfAPixel) {
  EXPECT_EQ(SerializeCoordinateMessage(Pair(-999999.9994, 0.0006)),
            R"({"found":true,"x":-999999.999,"y":0.001})");
}

TEST(SerializeCoordinateMessageTest, WritesARadiusThatIsReadBack) {
  CoordinateMessage message = Pair(1, 2);
  message.radius = 1e-9;
  EXPECT_TRUE(ParseCoordinateMessage(SerializeCoordinateMessage(message)));
}

TEST(SerializeCoordinateMessageTest, WritesWhatNobodyReadsForANumberThatDoesNotExist) {
  const std::string text =
      SerializeCoordinateMessage(Pair(std::numeric_limits<double>::quiet_NaN(), 1));
  EXPECT_EQ(text, R"({"found":true,"x":null,"y":1})");
  EXPECT_EQ(ParseCoordinateMessage(text), std::nullopt);
}

TEST(SerializeCoordinateMessageTest, IsNeverTooLongToBeRead) {
  CoordinateMessage message = Full();
  message.x = message.y = -kMaxCoordinate;
  message.radius = kMaxCoordinate;
  message.arrived = kMaxPeerClock;
  message.stages = StageTimes{kMaxStageTime, kMaxStageTime, kMaxStageTime, kMaxStageTime};
  EXPECT_EQ(ParseCoordinateMessage(SerializeCoordinateMessage(message)), message);
}

TEST(ParseCoordinateMessageTest, ReadsBackWhatWasWritten) {
  EXPECT_EQ(ParseCoordinateMessage(kFull), Full());
}

struct Read {
  const char* name;
  std::string_view text;
  CoordinateMessage expected;
};

class CoordinateReadTest : public ::testing::TestWithParam<Read> {};

TEST_P(CoordinateReadTest, IsRead) {
  EXPECT_EQ(ParseCoordinateMessage(GetParam().text), GetParam().expected);
}

CoordinateMessage NotFound(std::optional<uint32_t> rtp) {
  CoordinateMessage message;
  if (rtp) {
    message.rtp_timestamp = RtpTimestamp{*rtp};
  }
  return message;
}

CoordinateMessage WithRtp(CoordinateMessage message, uint32_t rtp) {
  message.rtp_timestamp = RtpTimestamp{rtp};
  return message;
}

INSTANTIATE_TEST_SUITE_P(
    Json, CoordinateReadTest,
    ::testing::Values(
        Read{"PairInJson", R"({"x":1.5,"y":-2})", Pair(1.5, -2)},
        Read{"Blanks", " { \"x\" : 1 ,\n \"y\" : 2 }\r\n", Pair(1, 2)},
        Read{"UnknownMembers", R"({"x":1,"y":2,"z":[3]})", Pair(1, 2)},
        Read{"NotFound", R"({"rtp_timestamp":7,"found":false})", NotFound(7)},
        Read{"NotFoundWithoutIdentity", R"({"found":false})", NotFound({})},
        Read{"NotFoundIgnoresThePosition", R"({"found":false,"x":1,"y":2})", NotFound({})},
        Read{"NullIsAbsent",
             R"({"rtp_timestamp":null,"found":null,"x":1,"y":2,"radius":null,"confidence":null,)"
             R"("stages_us":null,"arrived_us":null})",
             Pair(1, 2)},
        Read{"NotFoundWithNulls", R"({"found":false,"x":null,"y":null})", NotFound({})},
        Read{"SmallestTimestamp", R"({"rtp_timestamp":0,"x":1,"y":2})", WithRtp(Pair(1, 2), 0)},
        Read{"GreatestTimestamp", R"({"rtp_timestamp":4294967295,"x":1,"y":2})",
             WithRtp(Pair(1, 2), 4294967295)},
        Read{"TimestampWithPoint", R"({"rtp_timestamp":3527980796.0,"x":1,"y":2})",
             WithRtp(Pair(1, 2), 3527980796)},
        Read{"TimestampWithExponent", R"({"rtp_timestamp":3.527980796e9,"x":1,"y":2})",
             WithRtp(Pair(1, 2), 3527980796)},
        Read{"Limits", R"({"x":1e6,"y":-1000000})", Pair(1e6, -1e6)}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Text, CoordinateReadTest,
                         ::testing::Values(Read{"Plain", "1,2", Pair(1, 2)},
                                           Read{"Decimals", "123.456,-0.5", Pair(123.456, -0.5)},
                                           Read{"BlanksAround", "  12.5 ,\t7 \r\n", Pair(12.5, 7)},
                                           Read{"Exponent", "1e2,2E1", Pair(100, 20)},
                                           Read{"Limits", "-1000000,1e6", Pair(-1e6, 1e6)}),
                         [](const auto& info) { return info.param.name; });

struct Refused {
  const char* name;
  std::string_view text;
};

class CoordinateRefusedTest : public ::testing::TestWithParam<Refused> {};

TEST_P(CoordinateRefusedTest, IsNoMessage) {
  EXPECT_EQ(ParseCoordinateMessage(GetParam().text), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Text, CoordinateRefusedTest,
    ::testing::Values(Refused{"Nothing", ""}, Refused{"Blanks", "  "}, Refused{"Comma", ","},
                      Refused{"One", "1"}, Refused{"NoX", ",2"}, Refused{"NoY", "1,"},
                      Refused{"Three", "1,2,3"}, Refused{"Words", "a,b"}, Refused{"Nan", "nan,1"},
                      Refused{"Infinity", "1,inf"}, Refused{"TooFar", "1000001,0"},
                      Refused{"Huge", "1e999,0"}, Refused{"Hex", "0x1,2"},
                      Refused{"Garbage", "1,2x"}, Refused{"Brackets", "(1,2)"},
                      Refused{"Nul", "1,2\0"sv}, Refused{"DecimalComma", "1,5,2,5"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Json, CoordinateRefusedTest,
    ::testing::Values(
        Refused{"Array", "[1,2]"}, Refused{"Empty", "{}"}, Refused{"OnlyX", R"({"x":1})"},
        Refused{"OnlyIdentity", R"({"rtp_timestamp":1})"},
        Refused{"FoundWithoutPosition", R"({"found":true})"},
        Refused{"FoundWithNull", R"({"found":true,"x":1,"y":null})"},
        Refused{"FoundIsNumber", R"({"found":1,"x":1,"y":2})"},
        Refused{"FoundIsText", R"({"found":"false"})"}, Refused{"XIsText", R"({"x":"1","y":2})"},
        Refused{"XIsNan", R"({"x":NaN,"y":2})"}, Refused{"XIsTooLarge", R"({"x":1e999,"y":2})"},
        Refused{"XIsTooFar", R"({"x":1000000.1,"y":2})"},
        Refused{"XBeyondInteger", R"({"x":99999999999999999999,"y":2})"},
        Refused{"YIsTooFar", R"({"x":1,"y":-1000001})"},
        Refused{"NotFoundWithWrongType", R"({"found":false,"x":"1"})"},
        Refused{"RadiusZero", R"({"x":1,"y":2,"radius":0})"},
        Refused{"RadiusNegative", R"({"x":1,"y":2,"radius":-1})"},
        Refused{"RadiusTooLarge", R"({"x":1,"y":2,"radius":1e7})"},
        Refused{"ConfidenceAboveOne", R"({"x":1,"y":2,"confidence":1.01})"},
        Refused{"ConfidenceNegative", R"({"x":1,"y":2,"confidence":-0.01})"},
        Refused{"XTwice", R"({"x":1,"x":1,"y":2})"}, Refused{"Trailing", R"({"x":1,"y":2},)"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Identity, CoordinateRefusedTest,
    ::testing::Values(Refused{"Digits", R"({"rtp_timestamp":"3527980796","x":1,"y":2})"},
                      Refused{"Fraction", R"({"rtp_timestamp":1.5,"x":1,"y":2})"},
                      Refused{"Negative", R"({"rtp_timestamp":-1,"x":1,"y":2})"},
                      Refused{"TooLarge", R"({"rtp_timestamp":4294967296,"x":1,"y":2})"},
                      Refused{"Huge", R"({"rtp_timestamp":18446744073709551616,"x":1,"y":2})"},
                      Refused{"HugeExponent", R"({"rtp_timestamp":1e300,"x":1,"y":2})"},
                      Refused{"Bool", R"({"rtp_timestamp":true,"x":1,"y":2})"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Times, CoordinateRefusedTest,
    ::testing::Values(
        Refused{"StagesIsNumber", R"({"x":1,"y":2,"stages_us":5})"},
        Refused{"StagesIsArray", R"({"x":1,"y":2,"stages_us":[1,2,3,4]})"},
        Refused{"StagesIncomplete", R"({"x":1,"y":2,"stages_us":{"decoded":1}})"},
        Refused{"StagesEmpty", R"({"x":1,"y":2,"stages_us":{}})"},
        Refused{"NotAscending",
                R"({"x":1,"y":2,"stages_us":{"decoded":5,"handed_over":4,"located":6,"sent":7}})"},
        Refused{"SentBeforeLocated",
                R"({"x":1,"y":2,"stages_us":{"decoded":1,"handed_over":2,"located":3,"sent":2}})"},
        Refused{"LocatedBeforeHandedOver",
                R"({"x":1,"y":2,"stages_us":{"decoded":1,"handed_over":4,"located":3,"sent":5}})"},
        Refused{"NegativeStage",
                R"({"x":1,"y":2,"stages_us":{"decoded":-1,"handed_over":2,"located":3,"sent":4}})"},
        Refused{"MoreThanAMinute",
                R"({"x":1,"y":2,"stages_us":{"decoded":1,"handed_over":2,"located":3,)"
                R"("sent":60000001}})"},
        Refused{
            "StageIsText",
            R"({"x":1,"y":2,"stages_us":{"decoded":"1","handed_over":2,"located":3,"sent":4}})"},
        Refused{"ArrivedNegative", R"({"x":1,"y":2,"arrived_us":-1})"},
        Refused{"ArrivedFraction", R"({"x":1,"y":2,"arrived_us":0.5})"},
        Refused{"ArrivedTooLarge", R"({"x":1,"y":2,"arrived_us":4000000000000001})"}),
    [](const auto& info) { return info.param.name; });

TEST(ParseCoordinateMessageTest, TakesAMessageOfTheGreatestLengthAndNoLonger) {
  const std::string message = R"({"x":1,"y":2})";
  const std::string longest = message + std::string(kMaxCoordinateMessage - message.size(), ' ');
  EXPECT_TRUE(ParseCoordinateMessage(longest));
  EXPECT_FALSE(ParseCoordinateMessage(longest + " "));
}

TEST(ParseCoordinateMessageTest, StaysWithinTheLimitsWhenBytesWereChangedAtRandom) {
  std::mt19937 random(3);
  for (int i = 0; i < 2000; ++i) {
    std::string changed(kFull);
    for (int change = 0; change < 2; ++change) {
      changed[random() % changed.size()] = static_cast<char>(' ' + random() % 95);
    }
    if (const auto message = ParseCoordinateMessage(changed)) {
      ASSERT_LE(std::abs(message->x), kMaxCoordinate) << changed;
      ASSERT_GT(message->radius.value_or(1), 0) << changed;
      ASSERT_TRUE(!message->stages || message->stages->sent <= kMaxStageTime) << changed;
    }
  }
}

}  // namespace
}  // namespace ball
