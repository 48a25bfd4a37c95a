// SPDX-License-Identifier: LGPL-2.1-or-later
// Clients one after another and at the same time, and where a server or a session ends by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "tests/process/line_socket.h"
#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

using testing::HasSubstr;

class SessionsTest : public ProgramTest {
 protected:
  Arguments WithReport(const Arguments& more) const {
    return Command("--report", Command(Path("report.json"), more));
  }
  ReportReader Report() const { return ReportReader(Path("report.json")); }
};

TEST_F(SessionsTest, ServesClientsOneAfterAnother) {
  const auto server = StartServer(WithReport({"--sessions", "3"}));
  for (int i = 0; i < 3; ++i) {
    const auto client = StartClient(server->port(), {"--frames", "10"});
    EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  }
  EXPECT_EQ(server->AwaitExit(), 0);
  const ReportReader report = Report();
  ASSERT_EQ(report.Size("sessions"), 3);
  for (int i = 0; i < 3; ++i) ExpectBalance(report, i);
  EXPECT_EQ(report.Number("sessions.2.id"), 3);
}

TEST_F(SessionsTest, ServesClientsAtTheSameTime) {
  const auto server = StartServer(WithReport({"--sessions", "3"}));
  std::array<std::unique_ptr<Child>, 3> clients;
  for (auto& client : clients) client = StartClient(server->port(), {});
  for (const auto& client : clients) EXPECT_TRUE(client->AwaitError("receiving VP8 640x480"));
  for (const auto& client : clients) client->Signal(SIGINT);
  for (const auto& client : clients) EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_EQ(server->AwaitExit(), 0);
  const ReportReader report = Report();
  ASSERT_EQ(report.Size("sessions"), 3);
  for (int i = 0; i < 3; ++i) ExpectBalance(report, i);
}

TEST_F(SessionsTest, RefusesOneTooManyWithASentence) {
  const auto server = StartServer({"--max-sessions", "1", "--sessions", "1"});
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(client->AwaitError("receiving "));
  const auto refused = StartClient(server->port(), {});
  EXPECT_EQ(refused->AwaitExit(), 4);
  EXPECT_EQ(refused->Errors(),
            "client-app: the server says: the server has its 1 sessions (--max-sessions): try "
            "again later\n");
  EXPECT_TRUE(client->running());
  client->Signal(SIGINT);
  EXPECT_EQ(client->AwaitExit(), 0);
  EXPECT_EQ(server->AwaitExit(), 0);
}

TEST_F(SessionsTest, NewcomersToAFullServerGetASentenceAndNobodyElseNotices) {
  const auto server =
      StartServer(WithReport({"--max-sessions", "3", "--sessions", "3", "--late-after", "9000"}));
  const auto crowd = StartLightClient(server->port(), {"--clients", "3"});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(server->AwaitOutput(" connected"));
  for (int i = 0; i < 40; ++i) {
    LineSocket newcomer = LineSocket::ConnectTo(server->port());
    EXPECT_EQ(newcomer.ReadLine(),
              "{\"message\": \"the server has its 3 sessions (--max-sessions): try again later\", "
              "\"retry\": true, \"type\": \"error\"}");
    EXPECT_TRUE(newcomer.AwaitEnd());
  }
  EXPECT_EQ(server->Errors(), "");
  crowd->Signal(SIGINT);
  EXPECT_EQ(crowd->AwaitExit(), 0) << crowd->Errors();
  EXPECT_EQ(server->AwaitExit(), 0);
  ASSERT_EQ(Report().Size("sessions"), 3);
  for (int i = 0; i < 3; ++i) {
    ExpectBalance(Report(), i);
    const std::string frames = "sessions." + std::to_string(i) + ".frames.";
    EXPECT_GE(*Report().Number(frames + "matched"), 0.98 * *Report().Number(frames + "sent"));
  }
}

TEST_F(SessionsTest, SessionEndsAfterItsFrames) {
  const auto server = StartServer(WithReport({"--sessions", "1", "--frames", "30"}));
  const auto client = StartClient(server->port(), {});
  EXPECT_EQ(client->AwaitExit(), 0);
  EXPECT_THAT(client->Errors(), HasSubstr("the server said bye"));
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(Report().Text("sessions.0.ended"), "frames");
  EXPECT_GE(Report().Number("sessions.0.frames.sent"), 30);
  ExpectBalance(Report());
}

TEST_F(SessionsTest, ServerEndsAfterItsDuration) {
  // Long enough for a client to join.
  const double duration_s = std::max(6.0, 2.5 * kSlowdown);
  const auto server = StartServer(WithReport({"--duration", std::to_string(duration_s)}));
  const auto client = StartClient(server->port(), {});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(Report().Text("sessions.0.ended"), "duration");
  EXPECT_GE(Report().Number("duration_s"), duration_s);
}

TEST_F(SessionsTest, ServerEndsAfterItsDurationWithoutAClient) {
  const auto server = StartServer(WithReport({"--duration", "0.1"}));
  EXPECT_EQ(server->AwaitExit(), 0);
  ASSERT_TRUE(Report().valid());
  EXPECT_EQ(Report().Size("sessions"), 0);
}

TEST_F(SessionsTest, ServerEndsWithItsSource) {
  // Enough for a client to join.
  const int frames = std::max(180, 60 * kSlowdown);
  const auto server =
      StartServer(WithReport({"--source", "ballsrc num-buffers=" + std::to_string(frames)}));
  const auto client = StartClient(server->port(), {});
  EXPECT_EQ(client->AwaitExit(), 0);
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(Report().Text("sessions.0.ended"), "source ended");
  ExpectBalance(Report());
}

}  // namespace
}  // namespace ball
