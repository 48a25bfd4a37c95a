// SPDX-License-Identifier: LGPL-2.1-or-later
// A locator that dies, hangs or raves, again and again in one run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "tests/process/faults.h"

namespace ball {
namespace {

using testing::HasSubstr;

constexpr int kTimes = 3;

struct SignalCase {
  std::string name;
  int signal;
  std::string note;
  // Lost or late frames, at least. Those that wait while a killed one is replaced may all be in
  // time.
  double gap;
};

class LocatorSignalTest : public FaultTest, public testing::WithParamInterface<SignalCase> {};

TEST_P(LocatorSignalTest, IsStartedEachTimeAndTheLedgerShowsTheGap) {
  const auto server = StartReporting({"--late-after", "500"});
  const auto client = StartClient(server->port(), {});
  for (int i = 0; i < kTimes; ++i) {
    ASSERT_TRUE(MatchingGoesOn(*server)) << client->Errors();
    ASSERT_TRUE(AwaitTrue([&] { return ChildrenOf(client->pid()).size() == 1; }));
    kill(ChildrenOf(client->pid()).front(), GetParam().signal);
    ASSERT_TRUE(client->AwaitError("locator: " + GetParam().note + "; started again"));
  }
  EXPECT_TRUE(MatchingGoesOn(*server)) << client->Errors();
  ExpectEnds(*client, *server);
  EXPECT_THAT(client->Errors(), HasSubstr(" 3 locator restarts"));
  ExpectWholeReports();
  EXPECT_GE(Frames("lost") + Frames("late"), GetParam().gap);
  EXPECT_GE(Frames("matched"), 10 * kTimes);
}

INSTANTIATE_TEST_SUITE_P(Signals, LocatorSignalTest,
                         testing::Values(SignalCase{"Killed", SIGKILL, "it was killed by signal 9",
                                                    0},
                                         SignalCase{"Stopped", SIGSTOP, "it hung", 1}),
                         [](const auto& param) { return param.param.name; });

struct GarbageCase {
  std::string name;
  // Shell text that writes it.
  std::string garbage;
  std::string note;
};

class LocatorGarbageTest : public FaultTest, public testing::WithParamInterface<GarbageCase> {
 protected:
  // A locator that answers 20 frames, or so, and then writes garbage; the fourth stays sane.
  std::string RavingLocator() const {
    const std::string program = Path("locator.sh");
    const std::string starts = Path("starts");
    const std::string locator = PathOf(Program::kLocator) + " \"$@\"";
    WriteScript(program, "echo >>" + starts + "\n" + "[ $(wc -l <" + starts + ") -gt 3 ] && exec " +
                             locator + "\n" + locator + " | sed -u 20q\n" + GetParam().garbage +
                             "\nexec sleep 100\n");
    return program;
  }
};

TEST_P(LocatorGarbageTest, IsToldAndTheLocatorIsStartedAgain) {
  const auto server = StartReporting({"--late-after", "500"});
  const auto client = StartClient(server->port(), {"--locator-app", RavingLocator()});
  for (int i = 0; i < kTimes; ++i) {
    ASSERT_TRUE(client->AwaitError("locator: " + GetParam().note + "; started again"))
        << client->Errors();
  }
  EXPECT_TRUE(MatchingGoesOn(*server)) << client->Errors();
  ExpectEnds(*client, *server);
  EXPECT_THAT(client->Errors(), HasSubstr(" 3 locator restarts"));
  ExpectWholeReports();
  // What it wrote was never sent on.
  EXPECT_EQ(Report().Number("sessions.0.messages.malformed"), 0);
  EXPECT_EQ(Report().Number("sessions.0.messages.unknown"), 0);
  EXPECT_GE(Frames("matched"), 10 * kTimes);
}

INSTANTIATE_TEST_SUITE_P(
    Garbage, LocatorGarbageTest,
    testing::Values(
        GarbageCase{"WrongLines", "echo hello; echo world", "it wrote a line that is no answer"},
        GarbageCase{"WrongTypes", "echo '{\"rtp_timestamp\":\"x\",\"found\":7}'",
                    "it wrote a line that is no answer"},
        GarbageCase{"ReadyAgain", "echo '{\"ready\":true}'", "it got ready twice"},
        GarbageCase{"AnswersToNoFrame",
                    "while sleep 0.01; do echo '{\"rtp_timestamp\":1,\"found\":false,"
                    "\"received_us\":1,\"located_us\":2}'; done",
                    "it answers no frame that it was given"},
        GarbageCase{"EndlessLine", "tr '\\0' x </dev/zero", "it wrote a line without an end"},
        GarbageCase{"Binary", "head -c 100 /dev/zero; echo; head -c 1000000 /dev/urandom",
                    "it wrote a line that is no answer"}),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace ball
