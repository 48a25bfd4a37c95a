// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/locator_process.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/apps/client-app/locator_process_fixture.h"

namespace ball {
namespace {

using std::chrono::milliseconds;

TEST_F(LocatorProcessTest, TellsThatItIsReadyThenWhatItLocated) {
  Start("ready; answer 7; answer 8; stay");
  ASSERT_TRUE(AwaitAnswers(2));
  EXPECT_EQ(ready_, 1);
  LocatorMessage expected;
  expected.rtp_timestamp = RtpTimestamp{7};
  expected.found = true;
  expected.x = 1.5;
  expected.y = 2.5;
  expected.radius = 20;
  expected.confidence = 0.5;
  expected.received = std::chrono::microseconds(10);
  expected.located = std::chrono::microseconds(20);
  EXPECT_EQ(located_[0], expected);
  EXPECT_EQ(located_[1].rtp_timestamp, RtpTimestamp{8});
  EXPECT_EQ(locator_->restarts(), 0);
  EXPECT_TRUE(failures_.empty());
}

TEST_F(LocatorProcessTest, StartsNoneWhereSomethingHindersIt) {
  Start("ready; answer $$; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  hindrance_ = "the stairs are wet";
  kill(Speaker(), SIGKILL);
  ASSERT_TRUE(RunUntil([this] { return !hindered_.empty(); }));
  EXPECT_EQ(hindered_, std::vector{hindrance_});
  EXPECT_TRUE(restarts_.empty());
  EXPECT_TRUE(failures_.empty());
  RunFor(milliseconds(100));
  EXPECT_EQ(located_.size(), 1U);
}

TEST_F(LocatorProcessTest, GivesItsArgumentsToTheLocator) {
  settings_.arguments = {"41", "two words", "; exit 1"};
  Start(R"([ "$#$2$3" = "3two words; exit 1" ] && { ready; answer $1; }; stay)");
  ASSERT_TRUE(AwaitAnswers(1));
  EXPECT_EQ(located_[0].rtp_timestamp, RtpTimestamp{41});
}

TEST_F(LocatorProcessTest, IsNotReadyBeforeTheLocatorSaysSo) {
  MakeGate();
  Start("gate; ready; stay");
  RunFor(milliseconds(200));
  EXPECT_EQ(ready_, 0);
  OpenGate();
  EXPECT_TRUE(RunUntil([this] { return ready_ == 1; }));
}

TEST_F(LocatorProcessTest, PutsTogetherALineThatComesInPieces) {
  MakeGate();
  // The first piece is written at once with the answer before it.
  Start(R"sh(eight=$(answer 8); ready; printf '%s\n{"rtp_timestamp":9,"fou' "$eight"; gate
printf 'nd":false,"received_us":1,"located_us":2}\n'; stay)sh");
  ASSERT_TRUE(AwaitAnswers(1));
  OpenGate();
  ASSERT_TRUE(AwaitAnswers(2));
  EXPECT_EQ(located_[1].rtp_timestamp, RtpTimestamp{9});
  EXPECT_FALSE(located_[1].found);
}

TEST_F(LocatorProcessTest, OneThatDiesThreeTimesBeforeItIsReadyFailsOnce) {
  Start(R"(echo x >> "$0.runs"; exit 3)");
  ASSERT_TRUE(AwaitFailure());
  RunFor(milliseconds(700));
  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_EQ(failures_[0],
            "the locator does not start (it ended): see what it wrote above, and check --locator");
  EXPECT_EQ(std::filesystem::file_size(settings_.program + ".runs"), 3U * 2U);
  EXPECT_EQ(restarts_.size(), 2U);
  EXPECT_EQ(locator_->restarts(), 2);
  EXPECT_EQ(ready_, 0);
}

TEST_F(LocatorProcessTest, OneThatDiesAfterItWasReadyNeverFails) {
  Start(R"(echo x >> "$0.runs"; ready
if [ $(wc -l < "$0.runs") -lt 6 ]; then exit 3; fi; answer 2; stay)");
  ASSERT_TRUE(AwaitAnswers(1));
  EXPECT_TRUE(failures_.empty());
  EXPECT_EQ(locator_->restarts(), 5);
  EXPECT_EQ(ready_, 1);
}

TEST_F(LocatorProcessTest, FailedStartsBeforeOneThatWorkedDoNotCount) {
  Start(R"(echo x >> "$0.runs"
case $(wc -l < "$0.runs") in 1|2|4|5) exit 3;; 3) ready; exit 3;; esac
ready; answer 2; stay)");
  ASSERT_TRUE(RunUntil([this] { return !located_.empty() || !failures_.empty(); }));
  EXPECT_TRUE(failures_.empty());
  EXPECT_EQ(locator_->restarts(), 5);
}

TEST_F(LocatorProcessTest, AProgramThatIsMissingFailsWithASentence) {
  StartProgram();
  ASSERT_TRUE(AwaitFailure());
  RunFor(milliseconds(300));
  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_NE(failures_[0].find("cannot start " + settings_.program + " ("), std::string::npos)
      << failures_[0];
  EXPECT_NE(failures_[0].find("install it beside client-app"), std::string::npos);
  EXPECT_EQ(locator_->restarts(), 0);
}

TEST_F(LocatorProcessTest, TheLocatorEndsWithItsOwner) {
  Start("ready; answer $$; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  locator_.reset();
  EXPECT_TRUE(RunUntil([this] { return IsGone(Speaker()); }));
  EXPECT_TRUE(restarts_.empty());
}

TEST_F(LocatorProcessTest, ALocatorThatHeedsNothingEndsWithItsOwner) {
  Start("trap '' TERM HUP INT PIPE; ready; answer $$; exec tail -f /dev/null");
  ASSERT_TRUE(AwaitAnswers(1));
  locator_.reset();
  EXPECT_TRUE(RunUntil([this] { return IsGone(Speaker()); }));
}

TEST_F(LocatorProcessTest, NoneIsStartedAfterItsOwnerWentInARestart) {
  Start("ready; answer $$; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  ASSERT_EQ(kill(Speaker(), SIGKILL), 0);
  ASSERT_TRUE(AwaitRestart());
  locator_.reset();
  RunFor(milliseconds(300));
  EXPECT_EQ(located_.size(), 1U);
}

TEST(FindLocatorAppTest, IsABareNameWhereThereIsNoneBesideTheProgram) {
  EXPECT_EQ(FindLocatorApp(), "locator-app");
}

}  // namespace
}  // namespace ball
