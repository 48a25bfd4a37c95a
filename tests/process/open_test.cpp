// SPDX-License-Identifier: LGPL-2.1-or-later
// A server that other machines reach: it says who may come, or does not start.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "tests/process/line_socket.h"
#include "tests/process/programs.h"

namespace ball {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kOpenLine[] = "open to everybody who can reach it: no --token-file was given";

class OpenTest : public ProgramTest {};

TEST_F(OpenTest, HostBeyondLoopbackNeedsATokenOrTheWordOpen) {
  for (const char* host : {"0.0.0.0", "::", "192.0.2.1"}) {
    const auto server = Start(Program::kServer, {"--host", host, "--port", "0"});
    EXPECT_EQ(server->AwaitExit(), 2) << host;
    EXPECT_EQ(server->Errors(), "server-app: --host " + std::string(host) +
                                    " lets other machines connect: say who may with --token-file "
                                    "FILE, or that everybody may with --open; see server-app "
                                    "--help\n");
    EXPECT_EQ(server->Output(), "");
  }
}

TEST_F(OpenTest, OpenServerServesAndSaysThatItIsOpen) {
  const auto server = StartServer({"--host", "0.0.0.0", "--open"});
  ASSERT_NE(server->port(), 0) << server->Errors();
  EXPECT_TRUE(server->AwaitOutput(kOpenLine));
  const auto client = StartClient(server->port(), {"--frames", "5"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
}

TEST_F(OpenTest, TokenIsAskedForWhetherOpenOrNot) {
  std::ofstream(Path("token")) << "open sesame\n";
  for (const Arguments& more : {Arguments{}, Arguments{"--open"}}) {
    const auto server =
        StartServer(Concatenated({"--host", "0.0.0.0", "--token-file", Path("token")}, more));
    ASSERT_NE(server->port(), 0) << server->Errors();
    LineSocket stranger = LineSocket::ConnectTo(server->port());
    stranger.Send("{\"token\":\"\",\"type\":\"hello\"}\n");
    EXPECT_THAT(stranger.ReadLine().value_or(""), HasSubstr("wants a hello with a token"));
    server->Signal(SIGTERM);
    EXPECT_EQ(server->AwaitExit(), 0);
    EXPECT_THAT(server->Output(), Not(HasSubstr("open to everybody")));
  }
}

TEST_F(OpenTest, LoopbackNeedsNeither) {
  for (const char* host : {"127.0.0.1", "127.0.0.2", "localhost"}) {
    const auto server = StartServer({"--host", host});
    EXPECT_NE(server->port(), 0) << host << server->Errors();
    server->Signal(SIGTERM);
    EXPECT_EQ(server->AwaitExit(), 0);
    EXPECT_THAT(server->Output(), Not(HasSubstr("open to everybody")));
  }
}

}  // namespace
}  // namespace ball
