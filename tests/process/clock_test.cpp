// SPDX-License-Identifier: LGPL-2.1-or-later
// The wall clock of server or client is set back by an hour, again and again: only monotonic time
// counts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "tests/process/faults.h"

namespace ball {
namespace {

class ClockTest : public FaultTest {
 protected:
  std::unique_ptr<Server> StartServerWithClock() {
    return std::make_unique<Server>(
        Command("--port", Command("0", Reporting({"--idle-timeout", "3"}))), Variables(),
        Arguments{}, SERVER_APP_WITH_CLOCK);
  }

  // Whether the program, and be it one of its libraries, asks for the time of day at all: else this
  // would test nothing.
  static long SetBack(Child& child) {
    child.Signal(SIGUSR1);
    const auto line = child.AwaitError("clock set back, asked ");
    return line ? std::atol(line->substr(line->rfind("asked ") + 6).c_str()) : -1;
  }
};

TEST_F(ClockTest, SetBackInServerAndClientChangesNothing) {
  const auto running = StartServerWithClock();
  Server& server = *running;
  ASSERT_NE(server.port(), 0) << server.Errors();
  Child client({CLIENT_APP_WITH_CLOCK, "--port", std::to_string(server.port()), "--display", "none",
                "--locator-app", PathOf(Program::kLocator)},
               Variables());
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(MatchingGoesOn(server)) << client.Errors();
    EXPECT_GT(SetBack(i % 2 == 0 ? static_cast<Child&>(server) : client), 0);
  }
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(MatchingGoesOn(server)) << client.Errors();
  ExpectEnds(client, server);
  ExpectWholeReports();
  EXPECT_EQ(Report().Size("sessions"), 1);
  EXPECT_EQ(Report().Text("sessions.0.ended"), "bye");
  EXPECT_EQ(Frames("late"), 0);
  EXPECT_LE(Frames("lost"), 0.2 * Frames("sent"));
  EXPECT_THAT(client.Errors(), testing::HasSubstr(" 0 locator restarts"));
  for (const char* time : {"loop_ms.max", "stages_ms.network.max", "stages_ms.return.max"}) {
    const auto most = Report().Number(std::string("sessions.0.") + time);
    EXPECT_GE(most.value_or(-1), 0) << time;
    EXPECT_LE(most.value_or(1e9), 10000) << time;
  }
  EXPECT_GE(Report().Number("duration_s").value_or(-1), 1);
  EXPECT_LE(Report().Number("duration_s").value_or(1e9), 120);
}

// Between a sender report and its answer there is half a second, in which the clock is set several
// times.
TEST_F(ClockTest, SetForwardInTheServerIsNoRoundTrip) {
  const auto server = StartServerWithClock();
  ASSERT_NE(server->port(), 0) << server->Errors();
  const auto client = StartClient(server->port(), {});
  for (int i = 0; i < 60; ++i) {
    server->Signal(SIGUSR2);
    ASSERT_TRUE(server->AwaitOutput(" matched") && server->AwaitOutput(" matched"))
        << client->Errors();
  }
  ExpectEnds(*client, *server);
  ExpectWholeReports();
  const auto round_trip = Report().Number("sessions.0.network.round_trip_ms");
  ASSERT_TRUE(round_trip);
  EXPECT_LT(*round_trip, 390);
}

}  // namespace
}  // namespace ball
