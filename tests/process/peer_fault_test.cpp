// SPDX-License-Identifier: LGPL-2.1-or-later
// Client and server killed or stopped, and a display that goes away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "tests/process/faults.h"
#include "tests/process/screen.h"

namespace ball {
namespace {

using testing::HasSubstr;

class PeerFaultTest : public FaultTest {
 protected:
  void ExpectLossIsShown() const {
    EXPECT_GE(Frames("lost") + Frames("late"), 1);
    EXPECT_GE(Frames("matched"), 1);
  }
};

TEST_F(PeerFaultTest, KilledClientsAreAccountedForOneByOne) {
  const auto server = StartReporting({"--sessions", "3"});
  for (int i = 0; i < 3; ++i) {
    const auto client = StartClient(server->port(), {});
    ASSERT_TRUE(MatchingGoesOn(*server)) << client->Errors();
    client->Signal(SIGKILL);
    EXPECT_TRUE(server->AwaitOutput("ended: peer gone"));
  }
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(Report().Size("sessions"), 3);
  ExpectWholeReports();
  ExpectLossIsShown();
}

TEST_F(PeerFaultTest, ClientThatIsStoppedForAMomentGoesOnEachTime) {
  const auto server = StartReporting({"--late-after", "300"});
  const auto client = StartClient(server->port(), {});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(MatchingGoesOn(*server)) << client->Errors();
    StopFor(std::chrono::milliseconds(1500), {client->pid()});
  }
  EXPECT_TRUE(MatchingGoesOn(*server)) << client->Errors();
  ExpectEnds(*client, *server);
  EXPECT_EQ(Report().Size("sessions"), 1);
  ExpectWholeReports();
  ExpectLossIsShown();
}

TEST_F(PeerFaultTest, ClientThatIsStoppedForGoodIsGivenUp) {
  const auto server = StartReporting({"--sessions", "1", "--idle-timeout", "2"});
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(MatchingGoesOn(*server)) << client->Errors();
  client->Signal(SIGSTOP);
  EXPECT_EQ(server->AwaitExit(), 0);
  ExpectWholeReports();
  ExpectLossIsShown();
  client->Signal(SIGCONT);
  EXPECT_TRUE(client->AwaitExit());
}

// Each server leaves a report; the one of the client has those of the servers that could tell.
TEST_F(PeerFaultTest, ServerThatIsKilledAndStartedAgainGetsItsClientBackEachTime) {
  auto server = StartReporting();
  const std::string port = std::to_string(server->port());
  const auto client = StartClient(server->port(), {"--reconnect", "--report", Path("score.json")});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(MatchingGoesOn(*server)) << client->Errors();
    server->Signal(SIGKILL);
    ASSERT_EQ(server->AwaitExit(), 128 + SIGKILL);
    EXPECT_EQ(Contents(Path("report.json")), "") << "a report of a server that was killed";
    server = std::make_unique<Server>(Command("--port", Command(port, Reporting())), Variables());
    ASSERT_NE(server->port(), 0) << server->Errors();
    EXPECT_TRUE(client->AwaitError("trying again in "));
  }
  ASSERT_TRUE(MatchingGoesOn(*server)) << client->Errors();
  ExpectEnds(*client, *server);
  ExpectWholeReports();
  const ReportReader score(Path("score.json"));
  ASSERT_EQ(score.Size("sessions"), 1);
  ExpectBalance(score);
  // The servers before it lasted for a while.
  EXPECT_GE(score.Number("sessions.0.connected_s").value_or(0), 1);
}

TEST_F(PeerFaultTest, DisplayThatGoesAwayLeavesWholeReports) {
  Display display;
  ASSERT_NE(display.name(), "");
  const auto server = StartReporting({"--sessions", "1"});
  const auto client = Start(Program::kClient,
                            {"--port", std::to_string(server->port()), "--display", "ximagesink",
                             "--report", Path("score.json")},
                            {{"DISPLAY", display.name()}});
  ASSERT_TRUE(MatchingGoesOn(*server)) << client->Errors();
  display.Unplug();
  EXPECT_EQ(client->AwaitExit(), 1);
  EXPECT_THAT(client->Errors(), HasSubstr("the display went away: start again on another, or with "
                                          "--display none"));
  EXPECT_EQ(server->AwaitExit(), 0);
  ExpectWholeReports();
  ExpectBalance(ReportReader(Path("score.json")));
}

}  // namespace
}  // namespace ball
