// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/json_fields.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace ball::json {
namespace {

class JsonFieldsTest : public ::testing::Test {
 protected:
  const Value value_ = *Parse(R"({"yes":true,"text":"x","half":0.5,"five":5,"float":5.0,"exp":5e0,
      "digits":"5","nothing":null,"object":{"a":1},"huge":99999999999999999999,"big":1e15})");
  Fields fields_{std::get<Object>(value_.data)};
};

TEST_F(JsonFieldsTest, TakesMembersOfTheTypeAskedFor) {
  EXPECT_EQ(fields_.Bool("yes"), true);
  EXPECT_EQ(fields_.Text("text"), "x");
  EXPECT_EQ(fields_.Real("half", 0, 1), 0.5);
  EXPECT_EQ(fields_.Real("five", 5, 5), 5);
  EXPECT_EQ(fields_.Integer("five", 0, 9), 5);
  ASSERT_NE(fields_.Nested("object"), nullptr);
  EXPECT_EQ(fields_.Nested("object")->front().key, "a");
  EXPECT_TRUE(fields_.Good());
}

TEST_F(JsonFieldsTest, TakesWholeNumbersHoweverTheyAreWritten) {
  EXPECT_EQ(fields_.Integer("float", 0, 9), 5);
  EXPECT_EQ(fields_.Integer("exp", 0, 9), 5);
  EXPECT_EQ(fields_.Integer("big", 0, INT64_MAX), 1'000'000'000'000'000);
  EXPECT_TRUE(fields_.Good());
}

TEST_F(JsonFieldsTest, StaysGoodWhenAMemberIsAbsentOrNull) {
  for (const char* key : {"absent", "nothing"}) {
    EXPECT_EQ(fields_.Bool(key), std::nullopt);
    EXPECT_EQ(fields_.Text(key), std::nullopt);
    EXPECT_EQ(fields_.Real(key, 0, 1), std::nullopt);
    EXPECT_EQ(fields_.Integer(key, 0, 1), std::nullopt);
    EXPECT_EQ(fields_.Nested(key), nullptr);
  }
  EXPECT_TRUE(fields_.Good());
}

TEST_F(JsonFieldsTest, IsNotGoodAfterAnotherType) {
  EXPECT_EQ(fields_.Integer("digits", 0, 9), std::nullopt);
  EXPECT_FALSE(fields_.Good());
  EXPECT_EQ(fields_.Bool("yes"), true);
  EXPECT_FALSE(fields_.Good());
}

TEST_F(JsonFieldsTest, NamesTheFirstMemberThatIsWrong) {
  EXPECT_EQ(fields_.Wrong(), "");
  fields_.Real("five", 0, 4);
  fields_.Text("half");
  EXPECT_EQ(fields_.Wrong(), "five");
}

TEST_F(JsonFieldsTest, IsNotGoodAfterAFractionWhereAnIntegerIsAskedFor) {
  EXPECT_EQ(fields_.Integer("half", 0, 9), std::nullopt);
  EXPECT_FALSE(fields_.Good());
}

TEST_F(JsonFieldsTest, IsNotGoodAfterANumberOutOfRange) {
  EXPECT_EQ(fields_.Real("five", 0, 4.9), std::nullopt);
  EXPECT_FALSE(fields_.Good());
}

TEST_F(JsonFieldsTest, IsNotGoodAfterAnIntegerOutOfRange) {
  EXPECT_EQ(fields_.Integer("five", 6, 9), std::nullopt);
  EXPECT_FALSE(fields_.Good());
}

TEST_F(JsonFieldsTest, IsNotGoodAfterAnIntegerThatNoTypeHolds) {
  EXPECT_EQ(fields_.Integer("huge", INT64_MIN, INT64_MAX), std::nullopt);
  EXPECT_FALSE(fields_.Good());
}

}  // namespace
}  // namespace ball::json
