// SPDX-License-Identifier: LGPL-2.1-or-later
// A client that asks how it did: the server's report, and what is required of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "tests/patience.h"
#include "tests/process/line_socket.h"
#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ScoreTest : public ProgramTest {
 protected:
  std::string TextOf(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(Path(name)).rdbuf();
    return text.str();
  }
};

TEST_F(ScoreTest, ClientHasTheNumbersOfTheServer) {
  const auto server =
      StartServer({"--sessions", "1", "--print", "none", "--report", Path("server.json")});
  const auto client =
      StartClient(server->port(), {"--frames", "60", "--report", Path("client.json")});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_EQ(server->AwaitExit(), 0);
  const ReportReader theirs(Path("server.json"));
  const ReportReader ours(Path("client.json"));
  ASSERT_EQ(ours.Size("sessions"), 1);
  ExpectBalance(ours);
  EXPECT_EQ(ours.Text("schema"), "gst-ball-report/1");
  EXPECT_EQ(ours.Number("video.bitrate"), 2000000);
  EXPECT_EQ(ours.Text("sessions.0.peer"), theirs.Text("sessions.0.peer"));
  EXPECT_EQ(ours.Text("sessions.0.ended"), "bye");
  for (const char* number : {"duration_s", "frames.sent", "frames.matched", "messages.received",
                             "matched_error_px.rms", "loop_ms.p99", "stages_ms.return.mean"}) {
    const std::string path = std::string("sessions.0.") + number;
    EXPECT_TRUE(ours.Number(path)) << path;
    EXPECT_EQ(ours.Number(path), theirs.Number(path)) << path;
  }
  EXPECT_THAT(client->Output(), HasSubstr("matched error, px"));
}

TEST_F(ScoreTest, WhatIsMetIsSuccess) {
  const auto server = StartServer({});
  const auto client = StartClient(
      server->port(), {"--frames", "30", "--print", "none", "--require", "matched>=25", "--require",
                       "matched_error_px.rms<=1", "--require", "duplicate == 0"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_EQ(client->Output(), "");
}

TEST_F(ScoreTest, EachThatIsNotMetIsToldWithItsValue) {
  const auto server = StartServer({});
  std::ofstream(Path("required")) << "# all of it\nloop_ms.p99 <= 0\nduplicate==0 # met\n";
  const auto client = StartClient(server->port(), {"--frames", "10", "--require", "matched>=100000",
                                                   "--require-file", Path("required")});
  EXPECT_EQ(client->AwaitExit(), 6);
  EXPECT_THAT(client->Errors(),
              HasSubstr("client-app: required matched>=100000, but frames.matched is 1"));
  EXPECT_THAT(client->Errors(),
              HasSubstr("client-app: required loop_ms.p99 <= 0, but loop_ms.p99 is "));
  EXPECT_THAT(client->Errors(), Not(HasSubstr("duplicate")));
}

TEST_F(ScoreTest, IsTakenFromASessionThatTheServerEnds) {
  const auto server = StartServer({"--frames", "20", "--sessions", "1"});
  const auto client = StartClient(server->port(), {"--require", "sent>=20"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_THAT(client->Errors(), HasSubstr("the server said bye"));
}

TEST_F(ScoreTest, ServerThatIsKilledLeavesNone) {
  const auto server = StartServer({});
  const auto client =
      StartClient(server->port(), {"--require", "matched>=1", "--report", Path("client.json")});
  ASSERT_TRUE(client->AwaitError("receiving "));
  server->Signal(SIGKILL);
  EXPECT_EQ(client->AwaitExit(), 5);
  EXPECT_THAT(client->Errors(), HasSubstr("no report came from the server"));
  EXPECT_EQ(ReportReader(Path("client.json")).Size("sessions"), 0);
}

TEST_F(ScoreTest, ServerThatHangsIsNotAwaitedForLong) {
  const auto server = StartServer({});
  const auto client = StartClient(server->port(), {"--require", "matched>=1"});
  ASSERT_TRUE(client->AwaitError("receiving "));
  server->Signal(SIGSTOP);
  const auto begun = std::chrono::steady_clock::now();
  client->Signal(SIGTERM);
  EXPECT_EQ(client->AwaitExit(), 5);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, kSlowdown * std::chrono::seconds(8));
  EXPECT_THAT(client->Errors(), HasSubstr("no report came from the server"));
}

TEST_F(ScoreTest, WithoutASessionThereIsNone) {
  const LineListener listener;
  const auto client = StartClient(listener.port(), {"--require", "matched>=1"});
  LineSocket connection = listener.Accept();
  EXPECT_EQ(connection.ReadLine(), R"({"report": true, "token": "", "type": "hello"})");
  connection.Send("{\"type\":\"bye\"}\n");
  EXPECT_EQ(client->AwaitExit(), 5);
  EXPECT_THAT(client->Errors(), HasSubstr("nothing was scored"));
}

TEST_F(ScoreTest, ClientThatDoesNotAskSaysAndGetsNothingMore) {
  const LineListener listener;
  const auto client = StartClient(listener.port(), {});
  LineSocket connection = listener.Accept();
  client->Signal(SIGTERM);
  // Nothing at all where the signal came before it had noticed that it is connected.
  const std::string bye = R"({"type": "bye"})";
  EXPECT_EQ(connection.ReadLine().value_or(bye), bye);
  EXPECT_EQ(client->AwaitExit(), 0);
  EXPECT_EQ(client->Output(), "");
}

}  // namespace
}  // namespace ball
