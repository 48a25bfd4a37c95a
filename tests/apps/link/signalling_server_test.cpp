// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/signalling_server.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/apps/link/raw_peer.h"
#include "tests/run_until.h"

namespace ball {
namespace {

using Connections = std::vector<std::unique_ptr<SignallingConnection>>;

SignallingServer::OnConnection Into(Connections& connections) {
  return [&connections](auto connection) { connections.push_back(std::move(connection)); };
}

TEST(SignallingServerTest, ListensOnAFreePortAndHandsOutConnections) {
  Connections connections;
  SignallingServer server;
  EXPECT_EQ(server.port(), 0);
  ASSERT_EQ(server.Listen("127.0.0.1", 0, Into(connections)), "");
  EXPECT_GT(server.port(), 0);
  const RawPeer one(server.port());
  const RawPeer two(server.port());
  ASSERT_TRUE(RunUntil([&] { return connections.size() == 2; }));
  EXPECT_EQ(connections[0]->PeerName(), one.Name());
  EXPECT_EQ(connections[1]->PeerName(), two.Name());
}

TEST(SignallingServerTest, ListensOnAName) {
  Connections connections;
  SignallingServer server;
  ASSERT_EQ(server.Listen("localhost", 0, Into(connections)), "");
  EXPECT_GT(server.port(), 0);
}

// Whether this machine has IPv6 at all; a container may not.
bool HasIpv6() {
  const auto listener = Ref<GSocketListener>::adopt(g_socket_listener_new());
  const auto address = Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string("::1", 0));
  return g_socket_listener_add_address(listener.get(), address.get(), G_SOCKET_TYPE_STREAM,
                                       G_SOCKET_PROTOCOL_TCP, nullptr, nullptr, nullptr) != FALSE;
}

TEST(SignallingServerTest, ListensOnIpv6WhereTheMachineHasIt) {
  Connections connections;
  SignallingServer server;
  const std::string error = server.Listen("::1", 0, Into(connections));
  ASSERT_EQ(error.empty(), HasIpv6()) << error;
  if (!error.empty()) return;
  const RawPeer peer(server.port(), "::1");
  ASSERT_TRUE(RunUntil([&] { return connections.size() == 1; }));
  EXPECT_EQ(connections[0]->PeerName(), peer.Name());
  EXPECT_EQ(connections[0]->PeerName().substr(0, 6), "[::1]:");
  EXPECT_EQ(connections[0]->LoopbackAddress(), "::1");
}

TEST(SignallingServerTest, SaysThatThePortIsInUse) {
  Connections connections;
  SignallingServer first;
  ASSERT_EQ(first.Listen("127.0.0.1", 0, Into(connections)), "");
  SignallingServer second;
  const std::string error = second.Listen("127.0.0.1", first.port(), Into(connections));
  const std::string attempt = "cannot listen on 127.0.0.1:" + std::to_string(first.port()) + " (";
  EXPECT_EQ(error.substr(0, attempt.size()), attempt);
  EXPECT_NE(error.find("another program uses this port: stop it, or choose another with --port"),
            std::string::npos)
      << error;
  EXPECT_EQ(second.port(), 0);
}

TEST(SignallingServerTest, SaysThatTheAddressIsNotOfThisMachine) {
  Connections connections;
  SignallingServer server;
  // TEST-NET-3 of RFC 5737, which nobody has.
  const std::string error = server.Listen("203.0.113.1", 0, Into(connections));
  EXPECT_EQ(error.substr(0, 32), "cannot listen on 203.0.113.1:0 (");
  EXPECT_NE(error.find("give --host an address of this machine"), std::string::npos) << error;
}

TEST(SignallingServerTest, SaysThatAnIpv6AddressIsNotOfThisMachine) {
  Connections connections;
  SignallingServer server;
  const std::string error = server.Listen("2001:db8::1", 8080, Into(connections));
  EXPECT_EQ(error.substr(0, 37), "cannot listen on [2001:db8::1]:8080 (");
}

TEST(SignallingServerTest, SaysThatThereIsNoSuchHost) {
  Connections connections;
  SignallingServer server;
  // No name server is asked for what cannot be a name.
  const std::string error = server.Listen("no such host", 0, Into(connections));
  EXPECT_EQ(error.substr(0, 32), "cannot listen on no such host:0 ");
  EXPECT_NE(error.find("give --host an address of this machine"), std::string::npos) << error;
}

TEST(SignallingServerTest, TellsWhichHostsAreReachedFromOutside) {
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost", "no such host", ""}) {
    EXPECT_FALSE(ReachedFromOutside(host)) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(ReachedFromOutside(host)) << host;
  }
}

TEST(SignallingServerTest, MayListenAfterAnAttemptThatFailed) {
  Connections connections;
  SignallingServer server;
  ASSERT_NE(server.Listen("203.0.113.1", 0, Into(connections)), "");
  ASSERT_EQ(server.Listen("127.0.0.1", 0, Into(connections)), "");
  const RawPeer peer(server.port());
  EXPECT_TRUE(RunUntil([&] { return connections.size() == 1; }));
}

TEST(SignallingServerTest, AcceptsNoMoreOnceStopped) {
  Connections connections;
  SignallingServer server;
  ASSERT_EQ(server.Listen("127.0.0.1", 0, Into(connections)), "");
  const int port = server.port();
  RawPeer before(port);
  ASSERT_TRUE(RunUntil([&] { return connections.size() == 1; }));
  server.Stop();
  server.Stop();
  EXPECT_FALSE(RawPeer(port).connected());
  // What was handed out lives on.
  connections[0]->Send(Bye{});
  const std::string bye = SerializeSignallingMessage(Bye{}) + "\n";
  EXPECT_EQ(before.Read(bye.size()), bye);
}

TEST(SignallingServerTest, MayListenOnThePortThatItJustLeft) {
  Connections connections;
  SignallingServer server;
  ASSERT_EQ(server.Listen("127.0.0.1", 0, Into(connections)), "");
  const int port = server.port();
  const RawPeer before(port);
  ASSERT_TRUE(RunUntil([&] { return connections.size() == 1; }));
  server.Stop();
  connections.clear();
  EXPECT_EQ(server.Listen("127.0.0.1", port, Into(connections)), "");
  EXPECT_EQ(server.port(), port);
}

TEST(SignallingServerTest, MayBeStoppedByAConnection) {
  Connections connections;
  SignallingServer server;
  ASSERT_EQ(server.Listen("127.0.0.1", 0,
                          [&](auto connection) {
                            connections.push_back(std::move(connection));
                            server.Stop();
                          }),
            "");
  const int port = server.port();
  const RawPeer peer(port);
  ASSERT_TRUE(RunUntil([&] { return connections.size() == 1; }));
  EXPECT_FALSE(RawPeer(port).connected());
}

}  // namespace
}  // namespace ball
