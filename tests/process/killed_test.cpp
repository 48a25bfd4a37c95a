// SPDX-License-Identifier: LGPL-2.1-or-later
// SIGKILL and SIGSTOP of each program: the others go on or say what happened, and nothing is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/patience.h"
#include "tests/process/line_socket.h"
#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class KilledTest : public ProgramTest {
 protected:
  // A server that tells every coordinate, so that it can be seen when they come.
  std::unique_ptr<Server> StartTellingServer() {
    return StartServer({"--print", "each", "--report", Path("report.json"), "--sessions", "1"});
  }
  ReportReader Report() const { return ReportReader(Path("report.json")); }

  // Whether frames are matched again. What the lost locator had answered may still be under way, a
  // frame or two.
  static bool MatchingGoesOn(Server& server) {
    server.SkipLines(Child::Stream::kOutput);
    bool matched = true;
    for (int i = 0; i < 10 && matched; ++i) matched = server.AwaitOutput(" matched").has_value();
    return matched;
  }

  static void ExpectLeaves(Child& client) {
    client.Signal(SIGINT);
    EXPECT_EQ(client.AwaitExit(), 0) << client.Errors();
  }
};

// The program and the message for a locator that was killed, or that hangs.
struct LocatorCase {
  std::string name;
  int signal;
  std::string note;
};

class LocatorLostTest : public KilledTest, public testing::WithParamInterface<LocatorCase> {};

TEST_P(LocatorLostTest, IsStartedAgainWithinASecondAndTheSessionGoesOn) {
  const auto server = StartTellingServer();
  const auto client = StartClient(server->port(), {});
  const pid_t locator = LocatorOf(*client);
  ASSERT_NE(locator, 0);
  ASSERT_TRUE(server->AwaitOutput(" matched"));
  const auto lost = steady_clock::now();
  kill(locator, GetParam().signal);
  EXPECT_TRUE(client->AwaitError(GetParam().note + "; started again"));
  EXPECT_LE(steady_clock::now() - lost, kSlowdown * milliseconds(1000));
  EXPECT_TRUE(AwaitGone(locator));
  EXPECT_TRUE(MatchingGoesOn(*server));
  ExpectLeaves(*client);
  EXPECT_THAT(client->Errors(), HasSubstr(" 1 locator restarts"));
  EXPECT_EQ(server->AwaitExit(), 0);
  ExpectBalance(Report());
}

INSTANTIATE_TEST_SUITE_P(
    Locators, LocatorLostTest,
    testing::Values(LocatorCase{"Killed", SIGKILL, "it was killed by signal 9"},
                    // Not by SIGSEGV, which a sanitizer takes for a report of its own.
                    LocatorCase{"Crashed", SIGABRT, "it was killed by signal 6"},
                    LocatorCase{"Hung", SIGSTOP, "it hung"},
                    LocatorCase{"Ended", SIGTERM, "it ended"}),
    [](const auto& param) { return param.param.name; });

// A locator is there soon after the client has connected, or the one before it has ended: nothing
// tells.
std::vector<pid_t> AwaitChildrenOf(pid_t parent) {
  const auto limit = steady_clock::now() + kPatience;
  auto children = ChildrenOf(parent);
  while (children.empty() && steady_clock::now() < limit) children = ChildrenOf(parent);
  return children;
}

TEST_F(KilledTest, LocatorThatIsKilledAgainAndAgainIsStartedEachTime) {
  const auto server = StartTellingServer();
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(client->AwaitError("receiving "));
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(MatchingGoesOn(*server));
    const auto children = AwaitChildrenOf(client->pid());
    ASSERT_EQ(children.size(), 1);
    kill(children.front(), SIGKILL);
    ASSERT_TRUE(client->AwaitError("started again"));
  }
  EXPECT_TRUE(MatchingGoesOn(*server));
  ExpectLeaves(*client);
  EXPECT_EQ(server->AwaitExit(), 0);
}

TEST_F(KilledTest, LocatorThatDiesEachTimeIsStartedLessOften) {
  const std::string program = Path("locator.sh");
  std::ofstream(program) << "#!/bin/sh\necho '{\"ready\":true}'\n";
  fs::permissions(program, fs::perms::owner_all);
  const auto server = StartTellingServer();
  const auto begin = std::chrono::steady_clock::now();
  const auto client = StartClient(server->port(), {"--locator-app", program});
  ASSERT_TRUE(client->AwaitError("receiving ")) << "a session that never streamed does not count";
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(client->AwaitError("it ended; started again")) << client->Errors();
  }
  ExpectLeaves(*client);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const std::string summary = Lines(client->Errors()).back();
  const int restarts = std::atoi(summary.substr(summary.rfind(", ") + 2).c_str());
  // Once at once, twice soon, then every 0.4 s.
  EXPECT_LE(restarts, 4 + took.count() / 0.4) << client->Errors();
  EXPECT_EQ(server->AwaitExit(), 0);
}

TEST_F(KilledTest, ClientOfAKilledServerSaysSo) {
  const auto server = StartServer({});
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(client->AwaitError("receiving "));
  server->Signal(SIGKILL);
  EXPECT_EQ(client->AwaitExit(), 5);
  EXPECT_THAT(client->Errors(), HasSubstr("client-app: the server is silent\n"));
  EXPECT_THAT(Handoffs(), IsEmpty());
}

TEST_F(KilledTest, ReconnectingClientFindsTheNextServer) {
  auto server = StartServer({});
  const std::string port = std::to_string(server->port());
  const auto client = StartClient(server->port(), {"--reconnect"});
  ASSERT_TRUE(client->AwaitError("receiving "));
  server->Signal(SIGKILL);
  ASSERT_EQ(server->AwaitExit(), 128 + SIGKILL);
  const auto next = Start(Program::kServer, {"--port", port, "--sessions", "1"});
  ASSERT_TRUE(next->AwaitOutput("listening on ")) << next->Errors();
  EXPECT_TRUE(client->AwaitError("trying again in 250 ms"));
  EXPECT_TRUE(client->AwaitError("receiving "));
  ExpectLeaves(*client);
  EXPECT_EQ(next->AwaitExit(), 0);
}

TEST_F(KilledTest, ServerGoesOnWhenAClientIsKilledAndEndsItsSession) {
  const auto server = StartServer({"--report", Path("report.json"), "--sessions", "2"});
  const auto killed = StartClient(server->port(), {});
  const pid_t locator = LocatorOf(*killed);
  ASSERT_NE(locator, 0);
  const auto other = StartClient(server->port(), {});
  ASSERT_TRUE(other->AwaitError("receiving "));
  killed->Signal(SIGKILL);
  EXPECT_TRUE(AwaitGone(locator));
  EXPECT_TRUE(server->AwaitOutput("ended: peer gone"));
  EXPECT_TRUE(other->running());
  ExpectLeaves(*other);
  EXPECT_EQ(server->AwaitExit(), 0);
  ExpectBalance(Report(), 0);
  ExpectBalance(Report(), 1);
  // The other one got its frames all the time; a few may be lost where the machine is busy.
  EXPECT_LE(Report().Number("sessions.1.frames.lost").value_or(1e9),
            0.2 * Report().Number("sessions.1.frames.sent").value_or(0));
}

TEST_F(KilledTest, NextClientRemovesWhatAKilledOneLeft) {
  const auto server = StartServer({"--sessions", "1"});
  const auto killed = StartClient(server->port(), {});
  const pid_t locator = LocatorOf(*killed);
  ASSERT_NE(locator, 0);
  killed->Signal(SIGKILL);
  ASSERT_EQ(killed->AwaitExit(), 128 + SIGKILL);
  ASSERT_TRUE(AwaitGone(locator));
  // Otherwise this would test nothing.
  ASSERT_THAT(Handoffs(), Not(IsEmpty()));
  ASSERT_THAT(SegmentsOf(killed->pid()), Not(IsEmpty()));
  const auto next = StartClient(server->port(), {"--frames", "5"});
  EXPECT_EQ(next->AwaitExit(), 0);
  EXPECT_THAT(Handoffs(), IsEmpty());
  EXPECT_THAT(SegmentsOf(killed->pid()), IsEmpty());
}

TEST_F(KilledTest, HungLocatorEndsWithAKilledClient) {
  const auto server = StartServer({});
  const auto client = StartClient(server->port(), {});
  const pid_t locator = LocatorOf(*client);
  ASSERT_NE(locator, 0);
  kill(locator, SIGSTOP);
  client->Signal(SIGKILL);
  EXPECT_TRUE(AwaitGone(locator));
}

TEST_F(KilledTest, NothingIsLeftWhenAllAreKilled) {
  auto server = StartServer({});
  auto client = StartClient(server->port(), {});
  ASSERT_TRUE(client->AwaitError("receiving "));
  for (const pid_t pid : ProcessesWith("XDG_RUNTIME_DIR", runtime())) kill(pid, SIGKILL);
  EXPECT_EQ(server->AwaitExit(), 128 + SIGKILL);
  EXPECT_EQ(client->AwaitExit(), 128 + SIGKILL);
  // The next client cleans up, even if it finds no server.
  const auto next = StartClient(server->port(), {});
  EXPECT_EQ(next->AwaitExit(), 3);
  EXPECT_THAT(SegmentsOf(client->pid()), IsEmpty());
  EXPECT_THAT(Handoffs(), IsEmpty());
}

}  // namespace
}  // namespace ball
