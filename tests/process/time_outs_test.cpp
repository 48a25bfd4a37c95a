// SPDX-License-Identifier: LGPL-2.1-or-later
// Each phase of a session has a time-out, which names itself to the peer and in the log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "tests/process/line_socket.h"
#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

using testing::HasSubstr;

class TimeOutsTest : public ProgramTest {
 protected:
  static Child::Stream errors() { return Child::Stream::kErrors; }
};

struct PhaseCase {
  std::string name;
  // What the light client does.
  std::string behaviour;
  std::string option;
  std::string sentence;
};

class PhaseTest : public TimeOutsTest, public testing::WithParamInterface<PhaseCase> {};

TEST_P(PhaseTest, TimeOutIsNamedToThePeerAndInTheLog) {
  // What does not fire has no end, so that nothing else can end the session.
  Arguments limits;
  for (const char* option : {"--answer-timeout", "--ice-timeout", "--dtls-timeout",
                             "--first-coordinate-timeout", "--idle-timeout"}) {
    limits.push_back(std::string(option) + "=" + (option == GetParam().option ? "0.7" : "0"));
  }
  const auto server = StartServer(limits);
  const auto light = StartLightClient(server->port(), {"--behave", GetParam().behaviour});
  EXPECT_EQ(light->AwaitExit(), 0);
  const std::string sentence = GetParam().sentence + " 0.7 s (" + GetParam().option + ")";
  EXPECT_THAT(light->Errors(), HasSubstr("client 1: the server says: " + sentence + "\n"));
  const auto line = server->AwaitLine(errors(), sentence);
  ASSERT_TRUE(line) << server->Errors();
  EXPECT_THAT(*line, HasSubstr("session 1: 127.0.0.1:"));
}

INSTANTIATE_TEST_SUITE_P(
    Phases, PhaseTest,
    testing::Values(PhaseCase{"Answer", "no-answer", "--answer-timeout", "no answer within"},
                    PhaseCase{"AnswerByteByByte", "slow-answer", "--answer-timeout",
                              "no answer within"},
                    PhaseCase{"Ice", "no-ice", "--ice-timeout", "no network path (ICE) within"},
                    PhaseCase{"Dtls", "no-dtls", "--dtls-timeout", "no DTLS handshake within"},
                    PhaseCase{"FirstCoordinate", "no-channel", "--first-coordinate-timeout",
                              "no coordinates within"}),
    [](const auto& param) { return param.param.name; });

TEST_F(TimeOutsTest, HelloThatDoesNotCome) {
  std::ofstream(Path("token")) << "secret\n";
  const auto server = StartServer({"--token-file", Path("token"), "--hello-timeout", "0.3"});
  LineSocket silent = LineSocket::ConnectTo(server->port());
  LineSocket slow = LineSocket::ConnectTo(server->port());
  slow.Send("{\"type\":");
  const std::string sentence = "no hello with a token within 0.3 s (--hello-timeout)";
  EXPECT_EQ(silent.ReadLine(), "{\"message\": \"" + sentence + "\", \"type\": \"error\"}");
  EXPECT_EQ(slow.ReadLine(), "{\"message\": \"" + sentence + "\", \"type\": \"error\"}");
  EXPECT_TRUE(server->AwaitError(" was turned away: " + sentence));
  EXPECT_TRUE(server->AwaitError(" was turned away: " + sentence));
}

TEST_F(TimeOutsTest, StoppedClientIsIdleAndIsToldWhenItGoesOn) {
  const auto server =
      StartServer({"--idle-timeout", "1.5", "--sessions", "1", "--report", Path("report.json")});
  const auto light = StartLightClient(server->port(), {});
  ASSERT_TRUE(server->AwaitOutput(" connected"));
  ASSERT_TRUE(server->AwaitOutput("matched"));
  light->Signal(SIGSTOP);
  const std::string sentence = "idle: no packet for 1.5 s (--idle-timeout)";
  EXPECT_TRUE(server->AwaitError("was thrown out: " + sentence));
  light->Signal(SIGCONT);
  EXPECT_EQ(light->AwaitExit(), 5);
  EXPECT_THAT(light->Errors(), HasSubstr("the server says: " + sentence));
  EXPECT_EQ(server->AwaitExit(), 0);
  const ReportReader report(Path("report.json"));
  EXPECT_EQ(report.Text("sessions.0.ended"), sentence);
  ExpectBalance(report);
}

TEST_F(TimeOutsTest, WatcherStaysUnlessItsFirstCoordinateIsAskedFor) {
  const auto server = StartServer({"--print", "none", "--report", Path("report.json")});
  const auto light =
      StartLightClient(server->port(), {"--behave", "closes-channel", "--duration", "3"});
  EXPECT_EQ(light->AwaitExit(), 0);
  EXPECT_EQ(light->Errors(), "");
  server->Signal(SIGINT);
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(server->Errors(), "");
  // It says nothing for two seconds, which is no sign of a network that takes nothing.
  EXPECT_EQ(ReportReader(Path("report.json")).Number("sessions.0.network.lowest_bitrate"), 2000000);
}

TEST_F(TimeOutsTest, FloodEndsTheSessionAndIsNamedToo) {
  std::vector<std::string> options{"--sessions", "1", "--report", Path("report.json")};
  // Slowed down, the server hardly takes as many as its default allows.
  constexpr int kMessageRate = 2000 / kSlowdown;
  const std::string rate = std::to_string(kMessageRate);
  if (kSlowdown > 1) options.insert(options.end(), {"--max-message-rate", rate});
  const auto server = StartServer(options);
  const auto light = StartLightClient(server->port(), {"--behave", "floods"});
  EXPECT_EQ(light->AwaitExit(), 0);
  const std::string sentence = "more than " + rate + " messages a second (--max-message-rate)";
  EXPECT_THAT(light->Errors(), HasSubstr("the server says: " + sentence + "\n"));
  EXPECT_TRUE(server->AwaitError("was thrown out: " + sentence));
  EXPECT_EQ(server->AwaitExit(), 0);
  const ReportReader report(Path("report.json"));
  EXPECT_EQ(report.Text("sessions.0.ended"), sentence);
  EXPECT_GE(report.Number("sessions.0.messages.received"), kMessageRate);
  ExpectBalance(report);
}

TEST_F(TimeOutsTest, FloodOfSignallingEndsTheSession) {
  const auto server = StartServer({});
  LineSocket socket = LineSocket::ConnectTo(server->port());
  ASSERT_TRUE(socket.ReadLine());
  std::string hellos;
  for (int i = 0; i < 501; ++i) hellos += "{\"token\":\"\",\"type\":\"hello\"}\n";
  socket.Send(hellos);
  EXPECT_EQ(socket.ReadLine(),
            "{\"message\": \"more than 500 signalling messages\", \"type\": \"error\"}");
  EXPECT_TRUE(server->AwaitError("ended before it streamed: more than 500 signalling messages"));
}

TEST_F(TimeOutsTest, FloodIsTakenWhereItIsAllowed) {
  const auto server = StartServer({"--max-message-rate", "0", "--print", "none", "--sessions", "1",
                                   "--report", Path("report.json")});
  const auto light = StartLightClient(server->port(), {"--behave", "floods", "--duration", "1"});
  EXPECT_EQ(light->AwaitExit(), 0);
  EXPECT_EQ(light->Errors(), "");
  EXPECT_EQ(server->AwaitExit(), 0);
  const ReportReader report(Path("report.json"));
  EXPECT_GE(report.Number("sessions.0.messages.malformed"), 1200);
  EXPECT_GE(report.Number("sessions.0.messages.duplicate"), 1200);
  ExpectBalance(report);
}

TEST_F(TimeOutsTest, AreSecondsInRange) {
  for (const char* wrong : {"-1", "86401", "nan", "inf"}) {
    const auto server =
        Start(Program::kServer, {"--port", "0", std::string("--ice-timeout=") + wrong});
    EXPECT_EQ(server->AwaitExit(), 2);
    EXPECT_EQ(server->Errors(),
              "server-app: --ice-timeout takes 0 to 86400 (s; 0: no end); see server-app --help\n");
  }
}

}  // namespace
}  // namespace ball
