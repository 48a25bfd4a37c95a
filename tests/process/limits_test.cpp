// SPDX-License-Identifier: LGPL-2.1-or-later
// More connections than a server has room for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "tests/process/line_socket.h"
#include "tests/process/programs.h"

namespace ball {
namespace {

using testing::HasSubstr;

class LimitsTest : public ProgramTest {
 protected:
  static std::string Told(LineSocket& socket) { return socket.ReadLine().value_or(""); }
};

TEST_F(LimitsTest, ConnectionBeyondTheTotalIsToldAndRoomIsMadeByWhoGoes) {
  const auto server = StartServer({"--max-connections", "2"});
  LineSocket first = LineSocket::ConnectTo(server->port());
  EXPECT_THAT(Told(first), HasSubstr("offer"));
  LineSocket second = LineSocket::ConnectTo(server->port(), "127.0.0.1", "127.0.0.2");
  EXPECT_THAT(Told(second), HasSubstr("offer"));
  LineSocket third = LineSocket::ConnectTo(server->port(), "127.0.0.1", "127.0.0.3");
  EXPECT_EQ(Told(third),
            "{\"message\": \"the server has its 2 connections (--max-connections): try again "
            "later\", \"retry\": true, \"type\": \"error\"}");
  EXPECT_TRUE(third.AwaitEnd());
  EXPECT_TRUE(server->AwaitError("127.0.0.3:"));
  first.Send("{\"type\":\"bye\"}\n");
  EXPECT_TRUE(first.AwaitEnd());
  LineSocket fourth = LineSocket::ConnectTo(server->port());
  EXPECT_THAT(Told(fourth), HasSubstr("offer"));
}

TEST_F(LimitsTest, OneAddressCannotHaveAllConnections) {
  const auto server = StartServer({"--max-connections-per-address", "1"});
  LineSocket first = LineSocket::ConnectTo(server->port());
  EXPECT_THAT(Told(first), HasSubstr("offer"));
  LineSocket second = LineSocket::ConnectTo(server->port());
  EXPECT_THAT(Told(second), HasSubstr("1 connections of your address "
                                      "(--max-connections-per-address): try again later"));
  LineSocket other = LineSocket::ConnectTo(server->port(), "127.0.0.1", "127.0.0.2");
  EXPECT_THAT(Told(other), HasSubstr("offer"));
}

TEST_F(LimitsTest, CrowdOfOneAddressKeepsNobodyOutAndIsLoggedInFewLines) {
  std::ofstream(Path("token")) << "open sesame\n";
  const Arguments token = {"--token-file", Path("token")};
  const auto server = StartServer(Concatenated(token, {"--max-connections-per-address", "50"}));
  const auto bystander = StartClient(server->port(), token);
  ASSERT_TRUE(bystander->AwaitError("receiving "));
  std::vector<LineSocket> crowd;
  for (int i = 0; i < 900; ++i) {
    crowd.push_back(LineSocket::ConnectTo(server->port(), "127.0.0.1", "127.0.0.2"));
    ASSERT_TRUE(crowd.back().open());
    crowd.back().Send("{\"type\":");
  }
  EXPECT_THAT(Told(crowd.back()), HasSubstr("50 connections of your address"));
  const auto client = StartClient(server->port(), Concatenated(token, {"--frames", "5"}));
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_TRUE(server->AwaitError("more lines about clients were left out"));
  // Forty at once, then two a second.
  EXPECT_LT(Lines(server->Errors()).size(), 150);
  bystander->Signal(SIGTERM);
  EXPECT_EQ(bystander->AwaitExit(), 0) << bystander->Errors();
}

}  // namespace
}  // namespace ball
