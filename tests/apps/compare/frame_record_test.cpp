// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/frame_record.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace ball {
namespace {

TEST(FateTest, HasANameOfItsOwnForEach) {
  const std::set<std::string_view> names = {ToString(Fate::kMatched), ToString(Fate::kNotFound),
                                            ToString(Fate::kLate), ToString(Fate::kLost)};
  EXPECT_EQ(names, (std::set<std::string_view>{"matched", "not_found", "late", "lost"}));
}

TEST(VerdictTest, HasANameOfItsOwnForEachKind) {
  using Kind = Verdict::Kind;
  const std::set<std::string_view> names = {
      ToString(Kind::kMatched),   ToString(Kind::kNotFound), ToString(Kind::kLate),
      ToString(Kind::kDuplicate), ToString(Kind::kUnknown),  ToString(Kind::kUnidentified)};
  EXPECT_EQ(names, (std::set<std::string_view>{"matched", "not_found", "late", "duplicate",
                                               "unknown", "unidentified"}));
}

TEST(ToStringTest, SurvivesAValueThatIsNone) {
  EXPECT_EQ(ToString(static_cast<Fate>(99)), "?");
  EXPECT_EQ(ToString(static_cast<Verdict::Kind>(99)), "?");
}

TEST(StageDurationsTest, IsCompleteOnlyWithEveryStage) {
  const std::chrono::nanoseconds some(1);
  StageDurations stages{some, some, some, some, some, some};
  EXPECT_TRUE(stages.Complete());
  stages.network.reset();
  EXPECT_FALSE(stages.Complete());
  EXPECT_FALSE(StageDurations{}.Complete());
}

}  // namespace
}  // namespace ball
