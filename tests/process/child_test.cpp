// SPDX-License-Identifier: LGPL-2.1-or-later
// What the other tests here stand on.
#include "tests/process/child.h"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <sstream>

#include "tests/process/programs.h"

namespace ball {
namespace {

using std::chrono::milliseconds;

TEST(ChildTest, AllOutputIsThereWhenItHasExited) {
  Child child({"sh", "-c", "seq 1 50000; echo wrong >&2; exit 7"});
  EXPECT_EQ(child.AwaitExit(), 7);
  EXPECT_EQ(child.Output().size(), 288894);
  EXPECT_EQ(child.Errors(), "wrong\n");
}

TEST(ChildTest, LinesAreAwaitedInTheirOrder) {
  Child child({"sh", "-c", "echo one; echo two; echo one more; exec cat /dev/zero >/dev/null"});
  EXPECT_EQ(child.AwaitOutput("one"), "one");
  EXPECT_EQ(child.AwaitOutput("one"), "one more");
  EXPECT_TRUE(child.running());
}

TEST(ChildTest, SkippedLinesAreNotLookedAt) {
  Child child({"sh", "-c", "echo one; echo one more"});
  ASSERT_EQ(child.AwaitExit(), 0);
  child.SkipLines(Child::Stream::kOutput);
  EXPECT_EQ(child.AwaitOutput("one"), std::nullopt);
}

TEST(ChildTest, NoLineIsAwaitedOfAProgramThatHasEnded) {
  Child child({"echo", "one"});
  EXPECT_EQ(child.AwaitOutput("two"), std::nullopt);
}

TEST(ChildTest, SignalThatEndedItIsTold) {
  Child child({"sh", "-c", "kill -KILL $$"});
  EXPECT_EQ(child.AwaitExit(), 128 + SIGKILL);
}

TEST(ChildTest, LastWordsTellItsEndAndTheEndOfItsErrors) {
  Child child({"sh", "-c", "echo first >&2; seq 1 5000 >&2; echo last >&2; exit 7"});
  EXPECT_EQ(child.AwaitExit(), 7);
  const std::string told = child.LastWords();
  EXPECT_EQ(told.rfind("sh (" + std::to_string(child.pid()) + ") ended with 7; ", 0), 0) << told;
  EXPECT_NE(told.find("\nlast\n"), std::string::npos) << told;
  EXPECT_EQ(told.find("first"), std::string::npos) << "a page or two are enough";
}

TEST(ChildTest, ReportOfUndefinedBehaviourFailsWhoStartedIt) {
  EXPECT_NONFATAL_FAILURE(
      {
        Child child({"sh", "-c", "echo 'x.cpp:1:2: runtime error: y' >&2; exec sleep 100"});
        child.AwaitError("runtime error");
      },
      "x.cpp:1:2");
}

TEST(ChildTest, ExitIsAwaitedNoLongerThanTheLimit) {
  Child child({"sh", "-c", "exec cat /dev/zero >/dev/null"});
  EXPECT_EQ(child.AwaitExit(milliseconds(20)), std::nullopt);
}

TEST(ChildTest, ProgramThatIsMissingExitsWith127) {
  Child child({"/nowhere/program"});
  EXPECT_EQ(child.AwaitExit(), 127);
}

TEST(ChildTest, EnvironmentIsChangedAndTheRestKept) {
  Child child({"sh", "-c", "echo \"$BALL_GIVEN:${HOME-none}:${PATH:+kept}\""},
              {{"BALL_GIVEN", "value"}, {"HOME", std::nullopt}});
  EXPECT_EQ(child.AwaitOutput(":"), "value:none:kept");
}

TEST(ChildTest, IsFoundByItsParentAndItsEnvironment) {
  const std::string mark = "of " + std::to_string(getpid());
  Child child({"sh", "-c", "sleep 100 & echo ready; wait"}, {{"BALL_MARK", mark + " test"}});
  ASSERT_TRUE(child.AwaitOutput("ready"));
  EXPECT_THAT(ProcessesWith("BALL_MARK", mark + " test"), testing::Contains(child.pid()));
  EXPECT_THAT(ProcessesWith("BALL_MARK", mark), testing::IsEmpty());
  EXPECT_EQ(ChildrenOf(getpid()), std::vector<pid_t>{child.pid()});
  for (const pid_t pid : ProcessesWith("BALL_MARK", mark + " test")) kill(pid, SIGKILL);
  EXPECT_TRUE(AwaitGone(child.pid()));
}

TEST(ChildTest, EndsWithItsObjectEvenIfStopped) {
  pid_t pid = 0;
  {
    Child child({"sh", "-c", "exec cat /dev/zero >/dev/null"});
    pid = child.pid();
    child.Signal(SIGSTOP);
  }
  EXPECT_TRUE(AwaitGone(pid, milliseconds(0)));
}

TEST(SegmentWatchTest, WhatAnEarlierProcessOfThatPidLeftDoesNotCount) {
  const auto name = [](int number) {
    std::ostringstream text;
    text << "shmpipe." << std::setw(5) << getpid() << "." << std::setw(5) << number;
    return text.str();
  };
  const std::filesystem::path left = "/dev/shm/" + name(7);
  const std::filesystem::path made = "/dev/shm/" + name(8);
  for (const auto& file : {left, made}) std::filesystem::remove(file);
  std::ofstream(left) << "left";
  const SegmentWatch segments;
  EXPECT_THAT(segments.Of(getpid()), testing::IsEmpty());
  std::ofstream(made) << "made";
  EXPECT_THAT(segments.Of(getpid()), testing::ElementsAre(name(8)));
  std::filesystem::remove(left);
  std::ofstream(left) << "made again";
  EXPECT_THAT(segments.Of(getpid()), testing::UnorderedElementsAre(name(7), name(8)));
  EXPECT_THAT(segments.Of(getppid()), testing::IsEmpty());
  std::filesystem::remove(left);
  std::filesystem::remove(made);
}

}  // namespace
}  // namespace ball
