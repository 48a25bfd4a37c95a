// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace ball::json {
namespace {

std::string Written(Writer::Style style) {
  Writer out(style);
  out.BeginObject().Key("a").Integer(1).Key("b").BeginArray().Bool(true).Text("x").EndArray();
  out.Key("c").BeginObject().EndObject().Key("d").Real(2.5, 1).EndObject();
  return out.Result();
}

TEST(JsonWriterTest, WritesCompact) {
  EXPECT_EQ(Written(Writer::Style::kCompact), R"({"a":1,"b":[true,"x"],"c":{},"d":2.5})");
}

TEST(JsonWriterTest, WritesSpacedAsPythonDoes) {
  EXPECT_EQ(Written(Writer::Style::kSpaced), R"({"a": 1, "b": [true, "x"], "c": {}, "d": 2.5})");
}

TEST(JsonWriterTest, WritesPrettyWithOneMemberALine) {
  EXPECT_EQ(Written(Writer::Style::kPretty),
            "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    \"x\"\n  ],\n  \"c\": {},\n"
            "  \"d\": 2.5\n}");
}

std::string TextWritten(std::string_view text) {
  return Writer(Writer::Style::kCompact).Text(text).Result();
}

// Expected: what Python 3.11's json.dumps printed.
TEST(JsonWriterTest, EscapesAsPythonDoes) {
  EXPECT_EQ(TextWritten("\"\\/\b\f\n\r\t\x01\x7f"), R"("\"\\/\b\f\n\r\t\u0001\u007f")");
  EXPECT_EQ(TextWritten("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), R"("\u00e9\u20ac\ud83d\ude00")");
}

TEST(JsonWriterTest, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(TextWritten("a\xff\xe2\x82z"), R"("a\ufffd\ufffd\ufffdz")");
}

TEST(JsonWriterTest, WritesNullForANumberThatDoesNotExist) {
  Writer out(Writer::Style::kCompact);
  out.BeginArray().Real(std::nullopt, 3).Real(std::numeric_limits<double>::quiet_NaN(), 3);
  out.Real(std::numeric_limits<double>::infinity(), 3).EndArray();
  EXPECT_EQ(out.Result(), "[null,null,null]");
}

}  // namespace
}  // namespace ball::json
