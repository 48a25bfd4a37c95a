// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/ice_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ball {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(PortRangeTest, TakesBothEnds) {
  EXPECT_EQ(ParsePortRange("40000-40100"), (PortRange{40000, 40100}));
  EXPECT_EQ(ParsePortRange("1-65535"), (PortRange{1, 65535}));
  EXPECT_EQ(ParsePortRange("5000-5000"), (PortRange{5000, 5000}));
  EXPECT_EQ(ToString(PortRange{5000, 5001}), "5000-5001");
}

class WrongPortRangeTest : public testing::TestWithParam<const char*> {};

TEST_P(WrongPortRangeTest, IsRefused) { EXPECT_EQ(ParsePortRange(GetParam()), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(Texts, WrongPortRangeTest,
                         testing::Values("", "-", "40000", "40000-", "-40000", "0-10", "10-0",
                                         "2-1", "1-65536", "1-2-3", "1 - 2", "+1-2", "a-b",
                                         "1-99999999999999999999", "40000:40100"));

TEST(HostPortTest, TakesNamesAndAddressesWithAndWithoutPort) {
  EXPECT_EQ(ParseHostPort("stun.example.org", 3478), (HostPort{"stun.example.org", 3478}));
  EXPECT_EQ(ParseHostPort("my_host-1:99", 3478), (HostPort{"my_host-1", 99}));
  EXPECT_EQ(ParseHostPort("10.0.0.1:65535", 3478), (HostPort{"10.0.0.1", 65535}));
  EXPECT_EQ(ParseHostPort("[::1]", 3478), (HostPort{"::1", 3478}));
  EXPECT_EQ(ParseHostPort("[fd00::2]:80", 3478), (HostPort{"fd00::2", 80}));
}

class WrongHostPortTest : public testing::TestWithParam<const char*> {};

TEST_P(WrongHostPortTest, IsRefused) { EXPECT_EQ(ParseHostPort(GetParam(), 3478), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(Texts, WrongHostPortTest,
                         testing::Values("", ":3478", "host:", "host:0", "host:65536", "host:port",
                                         "::1", "[::1", "[]", "[host]", "[::1]3478", "a b",
                                         "stun:host:3478", "stun://host", "host/", "h@st",
                                         "host?transport=udp", "host:1\n"));

TEST(StunUriTest, HasBracketsAroundIpv6) {
  EXPECT_EQ(StunUri({"stun.example.org", 3478}), "stun://stun.example.org:3478");
  EXPECT_EQ(StunUri({"fd00::2", 80}), "stun://[fd00::2]:80");
}

struct RightTurnServer {
  const char* text;
  const char* host;
  uint16_t port;
  TurnServer::Transport transport;
};

class RightTurnServerTest : public testing::TestWithParam<RightTurnServer> {};

TEST_P(RightTurnServerTest, IsRead) {
  const auto server = ParseTurnServer(GetParam().text).server;
  ASSERT_TRUE(server);
  EXPECT_EQ(server->user, "ball");
  EXPECT_EQ(server->password, "secret");
  EXPECT_EQ(server->server.host, GetParam().host);
  EXPECT_EQ(server->server.port, GetParam().port);
  EXPECT_EQ(server->transport, GetParam().transport);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, RightTurnServerTest,
    testing::Values(RightTurnServer{"turn://ball:secret@turn.example.org", "turn.example.org", 3478,
                                    TurnServer::Transport::kUdp},
                    RightTurnServer{"turn://ball:secret@10.0.0.1:80?transport=udp", "10.0.0.1", 80,
                                    TurnServer::Transport::kUdp},
                    RightTurnServer{"turn://ball:secret@[::1]:443?transport=tcp", "::1", 443,
                                    TurnServer::Transport::kTcp}));

// A server with the account ball:secret.
TurnServer TurnServerAt(const std::string& host) {
  TurnServer server;
  server.server.host = host;
  server.server.port = 3478;
  server.user = "ball";
  server.password = "secret";
  return server;
}

TEST(TurnServerTest, UnescapesTheAccount) {
  const auto server = ParseTurnServer("turn://1700%3Aball:p%40ss%3a%25/?#w@host").server;
  ASSERT_TRUE(server);
  EXPECT_EQ(server->user, "1700:ball");
  EXPECT_EQ(server->password, "p@ss:%/?#w");
}

TEST(TurnServerTest, UriEscapesWhatIsSpecialAndNamesTheTransport) {
  TurnServer server = TurnServerAt("::1");
  EXPECT_EQ(TurnUri(server), "turn://ball:secret@[::1]:3478?transport=udp");
  server.user = "a:b";
  server.password = "p@s/é";
  server.transport = TurnServer::Transport::kTcp;
  EXPECT_EQ(TurnUri(server), "turn://a%3Ab:p%40s%2F%C3%A9@[::1]:3478?transport=tcp");
  EXPECT_EQ(ParseTurnServer(TurnUri(server)).server, server);
}

struct WrongTurnServer {
  const char* text;
  const char* reason;
};

class WrongTurnServerTest : public testing::TestWithParam<WrongTurnServer> {};

TEST_P(WrongTurnServerTest, IsRefusedWithAReasonThatHoldsNoPassword) {
  const TurnServerResult result = ParseTurnServer(GetParam().text);
  EXPECT_FALSE(result.server);
  EXPECT_THAT(result.error, HasSubstr(GetParam().reason));
  EXPECT_THAT(result.error, Not(HasSubstr("S3cret")));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, WrongTurnServerTest,
    testing::Values(WrongTurnServer{"", "begin with turn://"},
                    WrongTurnServer{"turn:u:S3cret@host", "begin with turn://"},
                    WrongTurnServer{"turns://u:S3cret@host", "turns:// is not supported"},
                    WrongTurnServer{"turn://host", "no '@'"},
                    WrongTurnServer{"turn://u:S3cret", "no '@'"},
                    WrongTurnServer{"turn://S3cret@host", "no ':'"},
                    WrongTurnServer{"turn://a:b:S3cret@host", "%3A"},
                    WrongTurnServer{"turn://:S3cret@host", "user is missing"},
                    WrongTurnServer{"turn://u:@host", "password is missing"},
                    WrongTurnServer{"turn://u:S3cret%4@host", "hexadecimal"},
                    WrongTurnServer{"turn://u:S3cret%zz@host", "hexadecimal"},
                    WrongTurnServer{"turn://u:S3cret%00@host", "control character"},
                    WrongTurnServer{"turn://u:S3cret@", "HOST[:PORT]"},
                    WrongTurnServer{"turn://u:S3cret@host:0", "HOST[:PORT]"},
                    WrongTurnServer{"turn://u:S3cret@host/path", "HOST[:PORT]"},
                    WrongTurnServer{"turn://u:S3cret@host?transport=tls", "transport=udp"},
                    WrongTurnServer{"turn://u:S3cret@host?", "transport=udp"}));

TEST(IsIpAddressTest, KnowsBothKinds) {
  for (const char* text : {"127.0.0.1", "0.0.0.0", "::", "fd00::2"}) EXPECT_TRUE(IsIpAddress(text));
  for (const char* text : {"", "localhost", "127.0.0", "1.2.3.256", "[::1]", "10.0.0.1/8"}) {
    EXPECT_FALSE(IsIpAddress(text)) << text;
  }
}

TEST(ContradictionTest, RelayOnlyNeedsATurnServer) {
  IceOptions options;
  EXPECT_EQ(Contradiction(options), "");
  options.relay_only = true;
  EXPECT_THAT(Contradiction(options), HasSubstr("--turn-server"));
  options.turn_servers.emplace_back();
  EXPECT_EQ(Contradiction(options), "");
  options.turn_servers.resize(kMaxTurnServers + 1);
  EXPECT_THAT(Contradiction(options), HasSubstr("8 times at most"));
}

TEST(NeedsNetworkTest, OnlyAServerElsewhereDoes) {
  IceOptions options;
  EXPECT_FALSE(NeedsNetwork(options));
  options.stun_server = HostPort{"127.0.0.1", 3478};
  options.turn_servers = {TurnServerAt("localhost"), TurnServerAt("::1")};
  EXPECT_FALSE(NeedsNetwork(options));
  options.turn_servers.push_back(TurnServerAt("10.0.0.1"));
  EXPECT_TRUE(NeedsNetwork(options));
  options.turn_servers.clear();
  options.stun_server = HostPort{"stun.example.org", 3478};
  EXPECT_TRUE(NeedsNetwork(options));
}

}  // namespace
}  // namespace ball
