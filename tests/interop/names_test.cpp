// SPDX-License-Identifier: LGPL-2.1-or-later
// Candidates with names: no name server hears of them. Runs where we are the only one.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>

#include "tests/process/line_socket.h"
#include "tests/process/programs.h"

namespace ball {
namespace {

using testing::HasSubstr;

// A name server that answers nothing, and tells whether it was asked.
class NameServer {
 public:
  NameServer() : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(53);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    works_ =
        bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  bool works() const { return works_; }
  bool AskedWithin(int milliseconds) const {
    pollfd waiting = {socket_.number(), POLLIN, 0};
    if (poll(&waiting, 1, milliseconds) != 1) return false;
    std::array<char, 512> query{};
    return recv(socket_.number(), query.data(), query.size(), 0) > 0;
  }

 private:
  File socket_;
  bool works_ = false;
};

// What both sections of a description have, with names wherever one may stand.
std::string Transport(const std::string& setup) {
  std::string lines =
      "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
      "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:"
      "77:88:99:AA:BB:CC:DD:EE:FF\r\na=setup:" +
      setup + "\r\n";
  for (const char* name : {"candidate.example", "0f2e3c4d-1111-2222-3333-444455556666.local"}) {
    lines += std::string("a=candidate:1 1 UDP 2130706431 ") + name + " 40000 typ host\r\n";
  }
  return lines +
         "a=candidate:2 1 UDP 1694498815 10.77.0.9 40000 typ srflx raddr base.example rport 9\r\n";
}

std::string Description(const std::string& direction, const std::string& setup) {
  return "v=0\r\no=- 1 1 IN IP4 name.example\r\ns=-\r\nt=0 0\r\n"
         "a=group:BUNDLE video0 application1\r\n"
         "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 "
         "connection.example\r\na=mid:video0\r\na=rtpmap:96 VP8/90000\r\n"
         "a=rtcp-mux\r\na=rtcp:9 IN IP4 rtcp.example\r\na=" +
         direction + "\r\n" + Transport(setup) +
         "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 "
         "other.example\r\na=mid:application1\r\n"
         "a=sctp-port:5000\r\n" +
         Transport(setup);
}

std::string Message(const std::string& type, const std::string& sdp) {
  return "{\"sdp\":" + Quoted(sdp) + ",\"type\":\"" + type + "\"}\n";
}

std::string Trickled(const std::string& address) {
  return "{\"candidate\":\"candidate:1 1 UDP 2130706431 " + address +
         " 40000 typ host\",\"id\":\"video0\",\"label\":0,\"type\":\"candidate\"}\n";
}

constexpr char kLeftOut[] =
    "a candidate of the peer is not tried: its address is a name, and names are not looked up";

class NamesTest : public ProgramTest {
 protected:
  void SetUp() override { ASSERT_TRUE(name_server_.works()); }
  // Within the time that a session is given to find a path, and a moment more.
  void ExpectNotAsked() const { EXPECT_FALSE(name_server_.AskedWithin(500)); }
  const NameServer& name_server() const { return name_server_; }

 private:
  NameServer name_server_;
};

TEST_F(NamesTest, ThisNameServerIsTheOneThatIsAsked) {
  Child lookup({"getent", "hosts", "candidate.example"});
  EXPECT_TRUE(name_server().AskedWithin(30000));
}

TEST_F(NamesTest, ServerLooksNoneUpAndSaysSoOnce) {
  const auto server = StartServer({"--ice-timeout", "2"});
  LineSocket client = LineSocket::ConnectTo(server->port());
  ASSERT_TRUE(client.ReadLine());
  client.Send(Trickled("early.example") + Message("answer", Description("recvonly", "active")));
  for (const char* name : {"trickled.example", "trickled.local", "localhost"}) {
    client.Send(Trickled(name));
  }
  EXPECT_TRUE(server->AwaitError(kLeftOut));
  const auto error = client.ReadLine();
  EXPECT_THAT(error.value_or(""), HasSubstr("no network path"));
  ExpectNotAsked();
  EXPECT_THAT(Lines(server->Errors()), testing::SizeIs(2)) << server->Errors();
}

TEST_F(NamesTest, ClientLooksNoneUpAndSaysSoOnce) {
  const LineListener listener;
  const auto client = StartClient(listener.port(), {});
  LineSocket server = listener.Accept();
  server.Send(Message("offer", Description("sendonly", "actpass")) + Trickled("early.example"));
  ASSERT_TRUE(server.ReadLine());
  for (const char* name : {"trickled.example", "trickled.local"}) server.Send(Trickled(name));
  EXPECT_TRUE(client->AwaitError(kLeftOut));
  ExpectNotAsked();
  server.Send("{\"type\":\"bye\"}\n");
  EXPECT_EQ(client->AwaitExit(), 0);
  ExpectNotAsked();
}

}  // namespace
}  // namespace ball
