// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/json_value.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace ball::json {
namespace {

using namespace std::string_view_literals;

TEST(JsonParseTest, ReadsEveryKindOfValue) {
  const auto value = Parse(R"( {"n":null, "t":true, "f":false, "s":"x", "a":[1,[],{}], "o":{}} )");
  ASSERT_TRUE(value);
  const auto& object = std::get<Object>(value->data);
  ASSERT_EQ(object.size(), 6U);
  EXPECT_TRUE(std::holds_alternative<Null>(object[0].value.data));
  EXPECT_TRUE(std::get<bool>(object[1].value.data));
  EXPECT_FALSE(std::get<bool>(object[2].value.data));
  EXPECT_EQ(std::get<std::string>(object[3].value.data), "x");
  EXPECT_EQ(std::get<Array>(object[4].value.data).size(), 3U);
  EXPECT_TRUE(std::get<Object>(object[5].value.data).empty());
}

Number NumberIn(std::string_view text) {
  const auto value = Parse(text);
  return value ? std::get<Number>(value->data) : Number{-1, -1};
}

TEST(JsonParseTest, KeepsIntegersExact) {
  EXPECT_EQ(NumberIn("9007199254740993").integer, 9007199254740993);
  EXPECT_EQ(NumberIn("-9223372036854775808").integer, INT64_MIN);
  EXPECT_EQ(NumberIn("-0").integer, 0);
}

TEST(JsonParseTest, HasNoIntegerForWhatIsWrittenOrIsTooLargeForOne) {
  EXPECT_EQ(NumberIn("1.0").integer, std::nullopt);
  EXPECT_EQ(NumberIn("1e2").integer, std::nullopt);
  EXPECT_EQ(NumberIn("99999999999999999999").integer, std::nullopt);
  EXPECT_EQ(NumberIn("99999999999999999999").value, 1e20);
}

TEST(JsonParseTest, ReadsFractionsAndExponents) {
  EXPECT_EQ(NumberIn("-12.5").value, -12.5);
  EXPECT_EQ(NumberIn("25E-1").value, 2.5);
  EXPECT_EQ(NumberIn("25e+1").value, 250);
}

TEST(JsonParseTest, UnderstandsEveryEscape) {
  const auto value = Parse(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00")");
  ASSERT_TRUE(value);
  EXPECT_EQ(std::get<std::string>(value->data),
            "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

struct Refused {
  const char* name;
  std::string_view text;
};

class JsonRefusedTest : public ::testing::TestWithParam<Refused> {};

TEST_P(JsonRefusedTest, IsNoDocument) { EXPECT_FALSE(Parse(GetParam().text)); }

TEST_P(JsonRefusedTest, HasAReason) { EXPECT_NE(WhyRefused(GetParam().text), ""); }

INSTANTIATE_TEST_SUITE_P(
    Structure, JsonRefusedTest,
    ::testing::Values(Refused{"Nothing", ""}, Refused{"Blanks", "  "}, Refused{"OpenObject", "{"},
                      Refused{"OpenArray", "[1"}, Refused{"WrongClose", "[1}"},
                      Refused{"TrailingComma", "[1,]"},
                      Refused{"TrailingCommaInObject", R"({"a":1,})"},
                      Refused{"NoColon", R"({"a" 1})"}, Refused{"NoValue", R"({"a":})"},
                      Refused{"NoComma", R"({"a":1 "b":2})"}, Refused{"BareKey", "{a:1}"},
                      Refused{"SingleQuotes", "{'a':1}"}, Refused{"NumberAsKey", "{1:1}"},
                      Refused{"TwoDocuments", "{} {}"}, Refused{"TrailingGarbage", "{} x"},
                      Refused{"TrailingNul", "{}\0"sv}, Refused{"LeadingNul", "\0{}"sv},
                      Refused{"Comment", "/**/{}"}, Refused{"Assignment", "var a = {}"},
                      Refused{"ByteOrderMark", "\xef\xbb\xbf{}"}, Refused{"VerticalTab", "\v{}"},
                      Refused{"KeyTwice", R"({"a":1,"a":2})"},
                      Refused{"KeyTwiceEscaped", R"({"a":1,"\u0061":2})"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Scalars, JsonRefusedTest,
    ::testing::Values(
        Refused{"LeadingZero", "010"}, Refused{"Hex", "0x10"}, Refused{"Plus", "+1"},
        Refused{"Minus", "-"}, Refused{"NoIntegerPart", ".5"}, Refused{"NoFraction", "1."},
        Refused{"NoExponent", "1e"}, Refused{"NoExponentDigits", "1e+"},
        Refused{"TooLarge", "1e999"}, Refused{"Nan", "NaN"}, Refused{"Infinity", "-Infinity"},
        Refused{"CutWord", "tru"}, Refused{"CapitalWord", "True"}, Refused{"LongWord", "nulll"},
        Refused{"OpenString", "\"a"}, Refused{"OpenEscape", "\"\\"},
        Refused{"UnknownEscape", R"("\x")"}, Refused{"EscapedNulByte", "\"\\\0\""sv},
        Refused{"ControlInString", "\"a\nb\""}, Refused{"NulInString", "\"a\0b\""sv},
        Refused{"EscapedNul", R"("a\u0000b")"}, Refused{"ShortHex", R"("\u12")"},
        Refused{"NoHex", R"("\u12g4")"}, Refused{"SignedHex", R"("\u-123")"},
        Refused{"LoneHighSurrogate", R"("\ud800")"}, Refused{"LoneLowSurrogate", R"("\udc00")"},
        Refused{"HighSurrogateTwice", R"("\ud800\ud800")"},
        Refused{"AboveLowSurrogates", R"("\ud800\ue000")"}, Refused{"InvalidUtf8", "\"\xff\""},
        Refused{"CutUtf8", "\"\xe2\x82\""}),
    [](const auto& info) { return info.param.name; });

std::string Nested(int depth) {
  return std::string(static_cast<size_t>(depth), '[') +
         std::string(static_cast<size_t>(depth), ']');
}

TEST(JsonParseTest, NestsAsDeepAsItSaysAndNoDeeper) {
  EXPECT_TRUE(Parse(Nested(kMaxDepth + 1)));
  EXPECT_FALSE(Parse(Nested(kMaxDepth + 2)));
  EXPECT_FALSE(Parse(std::string(200'000, '[')));
}

TEST(JsonParseTest, HasAtMostSoManyValues) {
  const auto zeros = [](size_t count) {
    std::string text = "[0";
    for (size_t i = 1; i < count; ++i) {
      text += ",0";
    }
    return text + "]";
  };
  EXPECT_TRUE(Parse(zeros(kMaxValues - 1)));
  EXPECT_FALSE(Parse(zeros(kMaxValues)));
}

TEST(JsonParseTest, HasAtMostSoManyMembers) {
  const auto members = [](size_t count) {
    std::string text = "{";
    for (size_t i = 0; i < count; ++i) {
      text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
    }
    return text + "}";
  };
  EXPECT_TRUE(Parse(members(kMaxMembers)));
  EXPECT_FALSE(Parse(members(kMaxMembers + 1)));
}

TEST(JsonWhyRefusedTest, NamesTheReasonAndTheByte) {
  EXPECT_EQ(WhyRefused(R"({"a":1})"), "");
  EXPECT_EQ(WhyRefused("GET / HTTP/1.1"), "it is no JSON, from byte 0 on");
  EXPECT_EQ(WhyRefused("{} x"), "it is no JSON, from byte 3 on");
  EXPECT_EQ(WhyRefused(R"({"a":"b)"), "it is no JSON, from byte 7 on");
  EXPECT_EQ(WhyRefused("[\"ab\xff\"]"), "it is no UTF-8, from byte 4 on");
  EXPECT_EQ(WhyRefused("[\"\x1b[2J\"]"), "a control character is not escaped, from byte 2 on");
  EXPECT_EQ(WhyRefused(R"({"a":1,"a":2})"), "a key is there twice, from byte 10 on");
  EXPECT_EQ(WhyRefused("[1e999]"), "a number is too large, from byte 6 on");
  EXPECT_EQ(WhyRefused(R"(["\ud800"])"), "an escape is no character, from byte 8 on");
  EXPECT_EQ(WhyRefused(std::string(200'000, '[')), "its brackets nest too deep, from byte 17 on");
}

TEST(JsonParseTest, RefusesEveryBeginningOfADocument) {
  const std::string text = R"({"a":[1.5e3,true,null,"\ud83d\ude00"],"b":{"c":"d"}})";
  ASSERT_TRUE(Parse(text));
  for (size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(Parse(text.substr(0, length))) << length;
  }
}

TEST(JsonParseTest, SurvivesBytesThatWereChangedAtRandom) {
  const std::string text = R"({"a":[1.5e3,true,null,"\ud83d\ude00"],"b":{"c":"d"}})";
  std::mt19937 random(1);
  size_t accepted = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string changed = text;
    for (int change = 0; change < 3; ++change) {
      changed[random() % changed.size()] = static_cast<char>(random());
    }
    accepted += Parse(changed) ? 1 : 0;
  }
  EXPECT_LT(accepted, 5000U);
}

}  // namespace
}  // namespace ball::json
