// SPDX-License-Identifier: LGPL-2.1-or-later
// A server that is told to end: its clients go to another, and everybody's report is there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "tests/patience.h"
#include "tests/process/line_socket.h"
#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

using std::chrono::steady_clock;
using testing::HasSubstr;

class DrainTest : public ProgramTest {};

TEST_F(DrainTest, EndsWithinSecondsAndItsClientGoesOnAtTheNext) {
  const auto server = StartServer({"--print", "none", "--report", Path("first.json")});
  const std::string port = std::to_string(server->port());
  const auto client = StartClient(server->port(), {"--reconnect", "--print", "none", "--report",
                                                   Path("client.json"), "--frames", "100"});
  ASSERT_TRUE(client->AwaitError("receiving "));
  const auto told = steady_clock::now();
  server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_LT(steady_clock::now() - told, kSlowdown * std::chrono::seconds(5));
  const ReportReader first(Path("first.json"));
  ExpectBalance(first);
  EXPECT_EQ(first.Text("sessions.0.ended"), "server stopped");
  const auto next =
      Start(Program::kServer, {"--port", port, "--sessions", "1", "--report", Path("next.json")});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_EQ(next->AwaitExit(), 0);
  const ReportReader both(Path("client.json"));
  ASSERT_EQ(both.Size("sessions"), 2);
  ExpectBalance(both, 0);
  ExpectBalance(both, 1);
  EXPECT_EQ(both.Text("sessions.0.ended"), "server stopped");
  EXPECT_EQ(both.Number("sessions.0.frames.sent"), first.Number("sessions.0.frames.sent"));
  const auto gap = both.Number("sessions.1.connected_s").value_or(0) -
                   both.Number("sessions.0.connected_s").value_or(0) -
                   both.Number("sessions.0.duration_s").value_or(0);
  EXPECT_GT(gap, 0.2) << "the first pause is 0.25 s";
}

TEST_F(DrainTest, IsNotReadyAndSendsNewClientsElsewhere) {
  const auto server = StartServer({});
  // One that hangs is awaited: so the draining lasts.
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(client->AwaitError("receiving "));
  client->Signal(SIGSTOP);
  server->Signal(SIGTERM);
  std::string status;
  while (status.find("\"ready\": false") == std::string::npos) {
    LineSocket check = LineSocket::ConnectTo(server->port());
    ASSERT_TRUE(check.Send("{\"type\":\"check\"}\n"));
    const auto line = check.ReadLine();
    ASSERT_TRUE(line) << "it ended before it was seen to be not ready";
    status = *line;
  }
  EXPECT_THAT(status, HasSubstr("\"live\": true"));
  LineSocket comer = LineSocket::ConnectTo(server->port());
  EXPECT_EQ(comer.ReadLine(),
            R"({"message": "the server is draining: connect again, to another", "retry": true, )"
            R"("type": "error"})");
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_FALSE(LineSocket::ConnectTo(server->port()).open());
}

TEST_F(DrainTest, FullServerIsTriedAgain) {
  const auto server = StartServer({"--max-sessions", "1"});
  const auto first = StartClient(server->port(), {});
  ASSERT_TRUE(first->AwaitError("receiving "));
  const auto second = StartClient(server->port(), {"--reconnect", "--frames", "5"});
  ASSERT_TRUE(second->AwaitError("trying again in "));
  first->Signal(SIGTERM);
  EXPECT_EQ(first->AwaitExit(), 0);
  EXPECT_EQ(second->AwaitExit(), 0) << second->Errors();
}

}  // namespace
}  // namespace ball
