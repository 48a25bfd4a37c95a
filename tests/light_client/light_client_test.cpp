// SPDX-License-Identifier: LGPL-2.1-or-later
// The light client, as a program, against the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/line_socket.h"
#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class LightClientTest : public ProgramTest {};

TEST_F(LightClientTest, AnswersEveryFrameOfSeveralSessions) {
  const auto server =
      StartServer({"--report", Path("report.json"), "--sessions", "4", "--late-after", "9000"});
  const auto light = StartLightClient(server->port(), {"--clients", "4", "--frames", "20"});
  EXPECT_EQ(light->AwaitExit(), 0) << light->Errors();
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_THAT(Lines(light->Output()), SizeIs(4));
  const ReportReader report(Path("report.json"));
  ASSERT_EQ(report.Size("sessions"), 4);
  for (int i = 0; i < 4; ++i) {
    ExpectBalance(report, i);
    const std::string session = "sessions." + std::to_string(i);
    EXPECT_GE(report.Number(session + ".frames.matched"), 20);
    EXPECT_EQ(report.Number(session + ".messages.unknown"), 0);
    EXPECT_EQ(report.Text(session + ".ended"), "bye");
  }
}

TEST_F(LightClientTest, PrintsALineOfJsonForEachSession) {
  const auto server = StartServer({});
  const auto light = StartLightClient(server->port(), {"--clients", "2", "--frames", "15"});
  EXPECT_EQ(light->AwaitExit(), 0) << light->Errors();
  const auto lines = Lines(light->Output());
  ASSERT_THAT(lines, SizeIs(2));
  for (int i = 0; i < 2; ++i) {
    const auto line = ReportReader::OfText(lines[static_cast<size_t>(i)]);
    ASSERT_TRUE(line.valid());
    EXPECT_EQ(line.Number("client"), i + 1);
    EXPECT_GE(line.Number("frames"), 15);
    EXPECT_GT(line.Number("fps"), 0);
    EXPECT_GT(line.Number("longest_gap_ms"), 0);
  }
}

TEST_F(LightClientTest, LeavesAfterItsDuration) {
  const auto server = StartServer({"--sessions", "1"});
  const auto light = StartLightClient(server->port(), {"--duration", "0.3"});
  EXPECT_EQ(light->AwaitExit(), 0) << light->Errors();
  EXPECT_EQ(server->AwaitExit(), 0);
}

TEST_F(LightClientTest, AnswersH264Too) {
  const auto server = StartServer({"--codec", "H264"});
  const auto light = StartLightClient(server->port(), {"--frames", "10"});
  EXPECT_EQ(light->AwaitExit(), 0) << light->Errors();
}

TEST_F(LightClientTest, SaysThatNobodyListens) {
  const ClosedPort port;
  const auto light = StartLightClient(port.number(), {});
  EXPECT_EQ(light->AwaitExit(), 3);
  EXPECT_THAT(light->Errors(), HasSubstr("client 1: cannot connect to 127.0.0.1:"));
  EXPECT_THAT(Lines(light->Errors()), SizeIs(1));
}

TEST_F(LightClientTest, FailsWhereTheServerTakesNoMore) {
  const auto server = StartServer({"--max-sessions", "1"});
  const auto light = StartLightClient(server->port(), {"--clients", "2", "--frames", "1000"});
  EXPECT_EQ(light->AwaitExit(), 3);
  EXPECT_THAT(light->Errors(), HasSubstr("the server says: the server has its 1 sessions"));
}

TEST_F(LightClientTest, FailsWhereTheServerEndsFirst) {
  const auto server = StartServer({"--frames", "10"});
  const auto light = StartLightClient(server->port(), {"--frames", "1000"});
  EXPECT_EQ(light->AwaitExit(), 5);
  EXPECT_THAT(light->Errors(), HasSubstr("client 1: the server said bye"));
}

TEST_F(LightClientTest, RefusesOptionsOutOfRange) {
  const auto light = StartLightClient(70000, {});
  EXPECT_EQ(light->AwaitExit(), 2);
  EXPECT_EQ(light->Errors(), "light_client: --port takes 1 to 65535; see light_client --help\n");
}

}  // namespace
}  // namespace ball
