// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/requirement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/apps/compare/report_scene.h"

namespace ball {
namespace {

using testing::HasSubstr;

SessionReport Session() {
  LedgerSummary ledger;
  ledger.frames.matched = 300;
  ledger.frames.lost = 2;
  ledger.messages.matched = 299;
  ledger.messages.received = 310;
  ledger.loop.p99 = 49.5;
  ledger.stages.back.max = 7;
  return SessionOf(ledger);
}

struct PathCase {
  const char* name;
  std::string text;
  std::string path;
};

class RequirementPathTest : public ::testing::TestWithParam<PathCase> {};

TEST_P(RequirementPathTest, IsThatOfTheReport) {
  const auto parsed = ParseRequirement(GetParam().text);
  EXPECT_EQ(parsed.error, "");
  ASSERT_EQ(parsed.requirements.size(), 1U);
  EXPECT_EQ(parsed.requirements[0].path, GetParam().path);
}

INSTANTIATE_TEST_SUITE_P(
    Names, RequirementPathTest,
    ::testing::Values(PathCase{"Frames", "lost<=3", "frames.lost"},
                      PathCase{"FramesInFull", "frames.lost<=3", "frames.lost"},
                      PathCase{"InBothGroups", "matched>=290", "frames.matched"},
                      PathCase{"Messages", "duplicate == 0", "messages.duplicate"},
                      PathCase{"MessagesInFull", "messages.matched>1", "messages.matched"},
                      PathCase{"Error", "matched_error_px.rms<=0.5", "matched_error_px.rms"},
                      PathCase{"Stage", " stages_ms.return.max < 1e3 ", "stages_ms.return.max"},
                      PathCase{"Duration", "duration_s>9.5", "duration_s"},
                      PathCase{"Negative", "lost>-1", "frames.lost"}),
    [](const auto& info) { return info.param.name; });

struct WrongCase {
  const char* name;
  std::string text;
  const char* sentence;
};

class WrongRequirementTest : public ::testing::TestWithParam<WrongCase> {};

TEST_P(WrongRequirementTest, IsToldInASentence) {
  const auto parsed = ParseRequirement(GetParam().text);
  EXPECT_THAT(parsed.error, HasSubstr(GetParam().sentence));
  EXPECT_TRUE(parsed.requirements.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Texts, WrongRequirementTest,
    ::testing::Values(
        WrongCase{"Empty", "", "'' is not NAME"}, WrongCase{"NameAlone", "lost", "is not NAME"},
        WrongCase{"NoName", "<=3", "is not NAME"},
        WrongCase{"OneEqualsSign", "lost=3", "is not NAME"},
        WrongCase{"NotEqual", "lost!=3", "is not NAME"},
        WrongCase{"NoNumber", "lost<=", "'' in 'lost<=' is no number"},
        WrongCase{"TwoOperators", "lost<=3<=4", "'3<=4'"},
        WrongCase{"Turned", "lost=<3", "is not NAME"}, WrongCase{"Text", "lost<=few", "'few'"},
        WrongCase{"Unit", "loop_ms.p99<=50ms", "'50ms'"},
        WrongCase{"NotANumber", "lost<=nan", "'nan'"}, WrongCase{"Infinite", "lost<=inf", "'inf'"},
        WrongCase{"Unknown", "latency<=3", "no number 'latency'"},
        WrongCase{"Group", "loop_ms<=3", "no number 'loop_ms'"},
        WrongCase{"GroupWithPoint", "loop_ms.<=3", "no number 'loop_ms.'"},
        WrongCase{"NotOfATime", "loop_ms.rms<=3", "no number 'loop_ms.rms'"},
        WrongCase{"NoNumberThere", "ended==1", "no number 'ended'"},
        WrongCase{"BelowANumber", "frames.lost.x<1", "no number"},
        WrongCase{"InCapitals", "LOST<1", "no number 'LOST'"},
        WrongCase{"Control", "\x1b[31m<1", "'?[31m'"}),
    [](const auto& info) { return info.param.name; });

struct ValueCase {
  const char* name;
  std::string text;
  bool met;
};

class RequirementValueTest : public ::testing::TestWithParam<ValueCase> {};

TEST_P(RequirementValueTest, IsHeldAgainstTheSession) {
  const auto parsed = ParseRequirement(GetParam().text);
  ASSERT_EQ(parsed.requirements.size(), 1U) << parsed.error;
  EXPECT_EQ(!Unmet(parsed.requirements[0], Session()), GetParam().met);
}

INSTANTIATE_TEST_SUITE_P(
    Values, RequirementValueTest,
    ::testing::Values(
        ValueCase{"AtLeast", "matched>=300", true}, ValueCase{"NotAtLeast", "matched>=301", false},
        ValueCase{"More", "matched>299.9", true}, ValueCase{"NotMore", "matched>300", false},
        ValueCase{"AtMost", "lost<=2", true}, ValueCase{"NotAtMost", "lost<=1", false},
        ValueCase{"Less", "lost<3", true}, ValueCase{"NotLess", "lost<2", false},
        ValueCase{"Equal", "received==310", true}, ValueCase{"NotEqual", "received==311", false},
        ValueCase{"Real", "loop_ms.p99<=49.5", true}, ValueCase{"NotReal", "loop_ms.p99<49", false},
        ValueCase{"OfMessages", "messages.matched==299", true},
        ValueCase{"Nothing", "matched_error_px.rms<=1000000", false},
        ValueCase{"NothingAtLeast", "matched_error_px.rms>=0", false}),
    [](const auto& info) { return info.param.name; });

TEST(UnmetTest, TellsTheValueInASentence) {
  const auto value = ParseRequirement(" loop_ms.p99 <= 20 ").requirements.at(0);
  EXPECT_EQ(Unmet(value, Session()), "required loop_ms.p99 <= 20, but loop_ms.p99 is 49.5");
  const auto none = ParseRequirement("naive_error_px.max<1").requirements.at(0);
  EXPECT_EQ(Unmet(none, Session()),
            "required naive_error_px.max<1, but naive_error_px.max was not measured");
}

TEST(ParseRequirementLinesTest, TakesOneALineWithComments) {
  const auto parsed =
      ParseRequirementLines("# what we want\n\nmatched>=290 # of 300\r\n  lost<=3\n#\nlate==0");
  EXPECT_EQ(parsed.error, "");
  ASSERT_EQ(parsed.requirements.size(), 3U);
  EXPECT_EQ(parsed.requirements[0].text, "matched>=290");
  EXPECT_EQ(parsed.requirements[2].path, "frames.late");
}

TEST(ParseRequirementLinesTest, NamesTheLineThatIsWrong) {
  const auto parsed = ParseRequirementLines("matched>=290\n\nlost\n");
  EXPECT_THAT(parsed.error, HasSubstr("line 3: 'lost' is not NAME"));
  EXPECT_TRUE(parsed.requirements.empty());
}

TEST(ParseRequirementLinesTest, TakesNothingForNoRequirements) {
  EXPECT_TRUE(ParseRequirementLines("").requirements.empty());
  EXPECT_EQ(ParseRequirementLines("").error, "");
}

}  // namespace
}  // namespace ball
