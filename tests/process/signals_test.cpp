// SPDX-License-Identifier: LGPL-2.1-or-later
// SIGINT, SIGTERM and SIGHUP: a clean end, with everything said that is known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "tests/process/line_socket.h"
#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

using testing::HasSubstr;

class SignalsTest : public ProgramTest {
 protected:
  std::unique_ptr<Server> StartReportingServer() {
    return StartServer({"--report", Path("report.json")});
  }
  ReportReader Report() const { return ReportReader(Path("report.json")); }
};

// What a process does at SIGHUP when it starts it has from the one that starts it, be that nohup.
class HangUp {
 public:
  explicit HangUp(sighandler_t handler) : before_(std::signal(SIGHUP, handler)) {}
  ~HangUp() { std::signal(SIGHUP, before_); }
  HangUp(const HangUp&) = delete;
  HangUp& operator=(const HangUp&) = delete;

 private:
  const sighandler_t before_;
};

class EachSignalTest : public SignalsTest, public testing::WithParamInterface<int> {
 private:
  const HangUp hang_up_{SIG_DFL};
};

TEST_P(EachSignalTest, EndsServerWithTableReportAndBye) {
  const auto server = StartReportingServer();
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(client->AwaitError("receiving "));
  server->Signal(GetParam());
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(server->Errors(), "");
  EXPECT_THAT(server->Output(), HasSubstr("ended: server stopped\n"));
  ExpectBalance(Report());
  EXPECT_EQ(Report().Text("sessions.0.ended"), "server stopped");
  EXPECT_EQ(client->AwaitExit(), 0);
  EXPECT_THAT(client->Errors(), HasSubstr("client-app: the server said bye\n"));
}

TEST_P(EachSignalTest, EndsClientWithSummaryAndBye) {
  const auto server = StartServer({"--report", Path("report.json"), "--sessions", "1"});
  const auto client = StartClient(server->port(), {});
  const pid_t locator = LocatorOf(*client);
  ASSERT_NE(locator, 0);
  client->Signal(GetParam());
  EXPECT_EQ(client->AwaitExit(), 0);
  EXPECT_THAT(client->Errors(), HasSubstr(" frames decoded, "));
  EXPECT_TRUE(AwaitGone(locator));
  EXPECT_THAT(Handoffs(), testing::IsEmpty());
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(Report().Text("sessions.0.ended"), "bye");
}

TEST_P(EachSignalTest, EndsServerThatHasNoClient) {
  const auto server = StartReportingServer();
  ASSERT_NE(server->port(), 0);
  server->Signal(GetParam());
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(server->Errors(), "");
  EXPECT_TRUE(Report().valid());
  EXPECT_EQ(Report().Size("sessions"), 0);
}

INSTANTIATE_TEST_SUITE_P(Signals, EachSignalTest, testing::Values(SIGINT, SIGTERM, SIGHUP),
                         [](const auto& param) {
                           return std::string("SIG") + sigabbrev_np(param.param);
                         });

TEST_F(SignalsTest, UnderNohupBothStayWhereTheTerminalCloses) {
  const HangUp hang_up(SIG_IGN);
  const auto server = StartReportingServer();
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(client->AwaitError("receiving "));
  server->Signal(SIGHUP);
  client->Signal(SIGHUP);
  client->Signal(SIGTERM);
  EXPECT_EQ(client->AwaitExit(), 0);
  const auto next = StartClient(server->port(), {});
  ASSERT_TRUE(next->AwaitError("receiving "));
  server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(next->AwaitExit(), 0);
  EXPECT_EQ(Report().Text("sessions.1.ended"), "server stopped");
}

TEST_F(SignalsTest, SecondSignalEndsServerWithoutTheAnswersButWithItsReport) {
  const auto server = StartReportingServer();
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(client->AwaitError("receiving "));
  client->Signal(SIGSTOP);
  server->Signal(SIGINT);
  server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(Report().Size("sessions"), 1);
  EXPECT_EQ(Report().Text("sessions.0.ended"), "server stopped");
}

TEST_F(SignalsTest, SecondSignalEndsClientWithoutTheServersBye) {
  const auto server = StartServer({});
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(client->AwaitError("receiving "));
  server->Signal(SIGSTOP);
  client->Signal(SIGINT);
  client->Signal(SIGTERM);
  EXPECT_EQ(client->AwaitExit(), 0);
  EXPECT_THAT(Handoffs(), testing::IsEmpty());
}

TEST_F(SignalsTest, ServerWhoseClientHangsEndsAllTheSame) {
  const auto server = StartReportingServer();
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(client->AwaitError("receiving "));
  client->Signal(SIGSTOP);
  server->Signal(SIGINT);
  EXPECT_EQ(server->AwaitExit(), 0);
  ExpectBalance(Report());
}

TEST_F(SignalsTest, ClientWhoseServerHangsEndsAllTheSame) {
  const auto server = StartServer({});
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(client->AwaitError("receiving "));
  server->Signal(SIGSTOP);
  client->Signal(SIGINT);
  EXPECT_EQ(client->AwaitExit(), 0);
}

// A terminal sends its Ctrl-C to the whole process group of the client.
TEST_F(SignalsTest, LocatorDoesNotGetTheClientsCtrlC) {
  const auto server = StartServer({});
  const auto client = StartClient(server->port(), {});
  const pid_t locator = LocatorOf(*client);
  ASSERT_NE(locator, 0);
  EXPECT_NE(getpgid(locator), getpgid(client->pid()));
}

TEST_F(SignalsTest, ClientThatAwaitsAnOfferEnds) {
  const LineListener listener;
  const auto client = StartClient(listener.port(), {});
  auto connection = listener.Accept();
  client->Signal(SIGINT);
  EXPECT_EQ(client->AwaitExit(), 0);
  // Nothing at all where the signal came before it had noticed that it is connected.
  const std::string bye = "{\"type\": \"bye\"}";
  EXPECT_EQ(connection.ReadLine().value_or(bye), bye);
  EXPECT_EQ(client->Errors(), "");
}

TEST_F(SignalsTest, ClientThatWaitsToConnectAgainEnds) {
  const ClosedPort port;
  const auto client = StartClient(port.number(), {"--reconnect"});
  ASSERT_TRUE(client->AwaitError("trying again in 500 ms"));
  client->Signal(SIGTERM);
  EXPECT_EQ(client->AwaitExit(), 0);
}

}  // namespace
}  // namespace ball
