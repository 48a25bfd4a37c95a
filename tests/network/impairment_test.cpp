// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/network/impairment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ball {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

TEST(ImpairmentTest, EmptyTextDoesNothing) {
  const ParsedImpairment parsed = ParseImpairment("");
  ASSERT_TRUE(parsed.impairment);
  EXPECT_EQ(parsed.impairment->loss, 0);
  EXPECT_EQ(parsed.impairment->delay, 0ms);
  EXPECT_FALSE(parsed.impairment->rate);
  EXPECT_FALSE(parsed.impairment->blackout);
}

TEST(ImpairmentTest, ReadsEachSetting) {
  const ParsedImpairment parsed = ParseImpairment(
      "loss=5,burst=4,delay=50,jitter=0.5,reorder=2:20,duplicate=1,rate=500,queue=100,blackout=5:"
      "2");
  ASSERT_TRUE(parsed.impairment) << parsed.error;
  const Impairment& read = *parsed.impairment;
  EXPECT_EQ(read.loss, 0.05);
  EXPECT_EQ(read.burst, 4);
  EXPECT_EQ(read.delay, 50ms);
  EXPECT_EQ(read.jitter, 500us);
  EXPECT_EQ(read.reorder, 0.02);
  EXPECT_EQ(read.reorder_by, 20ms);
  EXPECT_EQ(read.duplicate, 0.01);
  EXPECT_EQ(read.rate, 500'000);
  EXPECT_EQ(read.queue, 100ms);
  ASSERT_TRUE(read.blackout);
  EXPECT_EQ(read.blackout->start, 5s);
  EXPECT_EQ(read.blackout->length, 2s);
}

class UnreadableImpairmentTest : public testing::TestWithParam<const char*> {};

TEST_P(UnreadableImpairmentTest, IsRefusedWithTheReason) {
  const ParsedImpairment parsed = ParseImpairment(GetParam());
  EXPECT_FALSE(parsed.impairment);
  EXPECT_NE(parsed.error, "");
}

INSTANTIATE_TEST_SUITE_P(Texts, UnreadableImpairmentTest,
                         testing::Values("loss", "loss=", "loss=x", "loss=5x", "loss=-1",
                                         "loss=101", "loss=nan", "loss=inf", "loss=5,", ",",
                                         "los=5", "burst=0.5", "rate=0", "reorder=5",
                                         "reorder=5:-1", "reorder=5:1:2", "blackout=5", "delay=1e9",
                                         "loss=80,burst=2"));

TEST(ImpairmentTest, NamesTheSettingsThatThereAre) {
  EXPECT_THAT(ParseImpairment("los=5").error, HasSubstr("loss, burst, delay"));
}

}  // namespace
}  // namespace ball
