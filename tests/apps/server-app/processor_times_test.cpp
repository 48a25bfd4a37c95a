// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/processor_times.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ball {
namespace {

constexpr char kStat[] =
    "cpu  300 0 300 1200 200 0 0 0 0 0\n"
    "cpu0 100 0 100 700 100 0 0 0 50 0\n"
    "cpu1 200 0 200 500 100 0 0 0 0 0\n"
    "intr 12345 1 2\n"
    "ctxt 99\n";

TEST(ProcessorTimesTest, ReadsEachProcessorAndNotTheirSum) {
  const auto times = ParseProcessorTimes(kStat);
  ASSERT_EQ(times.size(), 2);
  EXPECT_EQ(times.at(0).idle, 800);
  EXPECT_EQ(times.at(0).all, 1000);
  EXPECT_EQ(times.at(1).idle, 600);
  EXPECT_EQ(times.at(1).all, 1000);
}

TEST(ProcessorTimesTest, ReadsNothingOutOfSomethingElse) {
  EXPECT_TRUE(ParseProcessorTimes("").empty());
  EXPECT_TRUE(ParseProcessorTimes("cpufreq 1 2 3\nmemory 4\n").empty());
}

TEST(IdleProcessorsTest, CountsTheShareOfEachThatWasIdle) {
  const ProcessorTimes before = {{0, {100, 200}}, {1, {0, 0}}};
  const ProcessorTimes after = {{0, {175, 300}}, {1, {10, 100}}};
  EXPECT_DOUBLE_EQ(IdleProcessors(before, after, {0, 1}), 0.85);
}

TEST(IdleProcessorsTest, LeavesOutThoseThatMayNotBeUsed) {
  const ProcessorTimes before = {{0, {0, 0}}, {1, {0, 0}}};
  const ProcessorTimes after = {{0, {100, 100}}, {1, {20, 100}}};
  EXPECT_DOUBLE_EQ(IdleProcessors(before, after, {1}), 0.2);
}

TEST(IdleProcessorsTest, TakesOneThatIsNotToldOfForIdle) {
  EXPECT_DOUBLE_EQ(IdleProcessors({}, {}, {0, 1, 2}), 3);
}

TEST(ProcessorLimitTest, IsTheShareOfThePeriod) {
  EXPECT_DOUBLE_EQ(ParseProcessorLimit("150000 100000\n"), 1.5);
}

TEST(ProcessorLimitTest, IsInfiniteWhereThereIsNone) {
  for (const char* text : {"max 100000\n", "", "-1 100000", "0 0", "few"}) {
    EXPECT_TRUE(std::isinf(ParseProcessorLimit(text))) << text;
  }
}

TEST(ControlGroupTest, IsThatOfTheSecondVersion) {
  EXPECT_EQ(ParseControlGroup("8:cpu:/old\n0::/user.slice/a b\n"), "/user.slice/a b");
  EXPECT_EQ(ParseControlGroup("8:cpu:/old\n"), "/");
}

}  // namespace
}  // namespace ball
