// SPDX-License-Identifier: LGPL-2.1-or-later
// A session whose pipeline hangs when it is stopped: it is cut off and counted, and nobody waits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

using testing::HasSubstr;
using testing::Not;

class CutOffTest : public ProgramTest {
 protected:
  std::unique_ptr<Server> StartHangingServer(int hangs, const Arguments& arguments) {
    Environment hanging = Preloading(HANGING_TEARDOWN);
    hanging["BALL_HANGING_TEARDOWNS"] = std::to_string(hangs);
    return std::make_unique<Server>(Concatenated({"--port", "0"}, arguments), Variables(hanging));
  }

  std::string Check(int port) {
    const auto check = Start(Program::kServer, {"--check=ready", "--port", std::to_string(port)});
    check->AwaitExit();
    return check->Output();
  }

  void ServeOne(const Server& server) {
    const auto light = StartLightClient(server.port(), {"--frames", "10"});
    EXPECT_EQ(light->AwaitExit(), 0) << light->Errors();
  }
};

TEST_F(CutOffTest, SessionThatDoesNotStopIsCutOffAndCountedWhileOthersAreServed) {
  const auto server = StartHangingServer(
      2, {"--teardown-timeout", "0.4", "--max-sessions", "1", "--report", Path("report.json")});
  ServeOne(*server);
  const auto line = server->AwaitError("session 1: ");
  ASSERT_TRUE(line);
  EXPECT_THAT(*line, HasSubstr(" was cut off: its pipeline did not stop within 0.4 s "
                               "(--teardown-timeout)"));
  EXPECT_EQ(Check(server->port()), "server-app: ready, 0 of 1 sessions, 1 cut off\n");
  ServeOne(*server);
  ASSERT_TRUE(server->AwaitError("session 2: "));
  EXPECT_EQ(Check(server->port()), "server-app: ready, 0 of 1 sessions, 2 cut off\n");
  ServeOne(*server);
  server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_THAT(server->Errors(), Not(HasSubstr("session 3")));
  EXPECT_THAT(server->Output(),
              HasSubstr("\ncut off, as their pipelines did not stop in time: 2 sessions\n"));
  const ReportReader report(Path("report.json"));
  EXPECT_EQ(report.Number("cut_off"), 2);
  ASSERT_EQ(report.Size("sessions"), 3);
  for (int i = 0; i < 3; ++i) ExpectBalance(report, i);
}

TEST_F(CutOffTest, NoneIsCutOffThatStopsInTime) {
  const auto server = StartHangingServer(0, {"--sessions", "1", "--report", Path("report.json")});
  ServeOne(*server);
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(server->Errors(), "");
  EXPECT_THAT(server->Output(), Not(HasSubstr("cut off")));
  EXPECT_EQ(ReportReader(Path("report.json")).Number("cut_off"), 0);
}

TEST_F(CutOffTest, ProgramsThatHangAtTheirVeryEndHaveEndedAllTheSame) {
  Environment hanging = Preloading(HANGING_TEARDOWN);
  hanging["BALL_HANGING_EXIT"] = "1";
  Server server({"--port", "0", "--sessions", "1"}, Variables(hanging));
  const auto client = Start(
      Program::kClient,
      {"--port", std::to_string(server.port()), "--display", "none", "--frames", "10"}, hanging);
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_EQ(server.AwaitExit(), 0);
  EXPECT_THAT(server.Output(), HasSubstr("ended: bye"));
}

}  // namespace
}  // namespace ball
