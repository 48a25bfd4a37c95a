// SPDX-License-Identifier: LGPL-2.1-or-later
// --check: how a probe asks a running program for its state.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/patience.h"
#include "tests/process/line_socket.h"
#include "tests/process/programs.h"

namespace ball {
namespace {

using std::chrono::steady_clock;
using testing::HasSubstr;

constexpr char kStatus[] =
    R"({"cut_off": 0, "live": true, "max_sessions": 16, "ready": true, "sessions": 0, "type": "status"})";

class CheckTest : public ProgramTest {
 protected:
  std::unique_ptr<Child> Check(const std::string& state, int port) {
    return Start(Program::kServer, {"--check=" + state, "--port", std::to_string(port)});
  }
  int CodeOfCheck(const std::string& state, int port) {
    return Check(state, port)->AwaitExit().value_or(-1);
  }
  int CodeOfClientCheck(const std::string& state, const Arguments& more = {}) {
    return Start(Program::kClient, Command("--check=" + state, more))->AwaitExit().value_or(-1);
  }
  // Until a check has that exit code: no line tells when a state changes.
  bool AwaitCode(const std::function<int()>& check, int code) {
    const auto limit = steady_clock::now() + kPatience;
    while (steady_clock::now() < limit) {
      if (check() == code) return true;
    }
    return false;
  }
};

TEST_F(CheckTest, IdleServerHasStartedAndIsReadyAndLive) {
  const auto server = StartServer({});
  for (const char* state : {"startup", "ready", "live"}) {
    EXPECT_EQ(CodeOfCheck(state, server->port()), 0) << state;
  }
  const auto check = Check("ready", server->port());
  EXPECT_EQ(check->AwaitExit(), 0);
  EXPECT_EQ(check->Output(), "server-app: ready, 0 of 16 sessions\n");
  EXPECT_EQ(server->Errors(), "");
}

TEST_F(CheckTest, NeedsNoTokenAndGetsNoOffer) {
  std::ofstream(Path("token")) << "secret";
  for (const Arguments& arguments : {Arguments{}, Arguments{"--token-file", Path("token")}}) {
    const auto server = StartServer(arguments);
    LineSocket socket = LineSocket::ConnectTo(server->port());
    socket.Send("{\"type\":\"check\"}\n");
    EXPECT_EQ(socket.ReadLine(), kStatus);
    EXPECT_EQ(socket.ReadLine(), std::nullopt);
  }
}

// As where its program was not scheduled between its connection and its line.
TEST_F(CheckTest, ThatComesAfterTheOfferIsNoSessionAllTheSame) {
  const auto server = StartServer({});
  LineSocket socket = LineSocket::ConnectTo(server->port());
  ASSERT_TRUE(socket.ReadLine());
  socket.Send("{\"type\":\"check\"}\n");
  EXPECT_EQ(socket.ReadLine(), kStatus);
  EXPECT_EQ(socket.ReadLine(), std::nullopt);
  server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(server->Errors(), "");
}

TEST_F(CheckTest, ServerThatIsFullIsLiveButNotReadyAndTakesNoSlot) {
  const auto server = StartServer({"--max-sessions", "1"});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(CodeOfCheck("ready", server->port()), 0);
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(client->AwaitError("receiving "));
  const auto check = Check("ready", server->port());
  EXPECT_EQ(check->AwaitExit(), 1);
  EXPECT_EQ(check->Output(), "server-app: not ready, 1 of 1 sessions\n");
  EXPECT_EQ(CodeOfCheck("live", server->port()), 0);
  EXPECT_EQ(CodeOfCheck("startup", server->port()), 0);
}

TEST_F(CheckTest, NobodyThereIsToldByItsOwnCode) {
  const ClosedPort port;
  const auto check = Check("live", port.number());
  EXPECT_EQ(check->AwaitExit(), 3);
  EXPECT_THAT(check->Errors(), HasSubstr("cannot be reached"));
}

TEST_F(CheckTest, ProgramThatHangsIsNotAwaitedForLong) {
  const auto server = StartServer({});
  server->Signal(SIGSTOP);
  const auto begun = steady_clock::now();
  const auto check = Check("live", server->port());
  EXPECT_EQ(check->AwaitExit(), 1);
  EXPECT_LT(steady_clock::now() - begun, kSlowdown * std::chrono::seconds(2));
  EXPECT_THAT(check->Errors(), HasSubstr("does not tell its status (within 1.5 s)"));
}

TEST_F(CheckTest, ServerWhoseSourceStallsIsNotLive) {
  // After a second of video the next source of the list has nothing to give.
  const auto server =
      StartServer({"--source",
                   "concat name=list ballsrc is-live=true num-buffers=30 ! "
                   "video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! list. "
                   "appsrc is-live=true format=time ! list. list."});
  ASSERT_NE(server->port(), 0) << server->Errors();
  EXPECT_EQ(CodeOfCheck("live", server->port()), 0);
  EXPECT_TRUE(AwaitCode([&] { return CodeOfCheck("live", server->port()); }, 1));
  EXPECT_EQ(CodeOfCheck("ready", server->port()), 1);
  EXPECT_EQ(CodeOfCheck("startup", server->port()), 0);
}

TEST_F(CheckTest, FloodOfChecksKeepsNobodyOut) {
  const auto server = StartServer({});
  std::vector<LineSocket> checks;
  for (int i = 0; i < 200; ++i) {
    checks.push_back(LineSocket::ConnectTo(server->port()));
    ASSERT_TRUE(checks.back().Send("{\"type\":\"check\"}\n"));
  }
  const auto client = StartClient(server->port(), {"--frames", "5"});
  for (LineSocket& check : checks) EXPECT_EQ(check.ReadLine(), kStatus);
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
}

TEST_F(CheckTest, ClientIsReadyWhileItAnswersFrames) {
  EXPECT_EQ(CodeOfClientCheck("live"), 3);
  const auto server = StartServer({});
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(client->AwaitError("receiving "));
  EXPECT_EQ(CodeOfClientCheck("live"), 0);
  EXPECT_TRUE(AwaitCode([&] { return CodeOfClientCheck("ready"); }, 0));
  EXPECT_EQ(CodeOfClientCheck("ready", {"--pid", std::to_string(client->pid())}), 0);
  EXPECT_EQ(CodeOfClientCheck("ready", {"--pid", std::to_string(server->pid())}), 3);
  client->Signal(SIGSTOP);
  EXPECT_EQ(CodeOfClientCheck("live"), 1);
  client->Signal(SIGCONT);
}

TEST_F(CheckTest, ClientWithoutAServerIsLiveButNotReady) {
  const LineListener listener;
  const auto client = StartClient(listener.port(), {});
  const LineSocket connection = listener.Accept();
  EXPECT_EQ(CodeOfClientCheck("live"), 0);
  EXPECT_EQ(CodeOfClientCheck("ready"), 1);
}

TEST_F(CheckTest, SeveralClientsAreToldApartByTheirPid) {
  const LineListener listener;
  const auto one = StartClient(listener.port(), {});
  const LineSocket first = listener.Accept();
  const auto other = StartClient(listener.port(), {});
  const LineSocket second = listener.Accept();
  EXPECT_EQ(CodeOfClientCheck("live"), 2);
  EXPECT_EQ(CodeOfClientCheck("live", {"--pid", std::to_string(one->pid())}), 0);
  one->Signal(SIGKILL);
  EXPECT_EQ(one->AwaitExit(), 128 + SIGKILL);
  EXPECT_EQ(CodeOfClientCheck("live"), 0);
}

// A read-only container has no registry of GStreamer's: looking at all plugins takes too long.
TEST_F(CheckTest, NeedsNoPlugins) {
  const auto server = StartServer({});
  const auto check =
      Start(Program::kServer, {"--check=live", "--port", std::to_string(server->port())},
            {{"GST_PLUGIN_PATH", "/nowhere"}, {"GST_REGISTRY", Path("registry.bin")}});
  EXPECT_EQ(check->AwaitExit(), 0);
  EXPECT_FALSE(std::filesystem::exists(Path("registry.bin")));
}

}  // namespace
}  // namespace ball
