// SPDX-License-Identifier: LGPL-2.1-or-later
// A server that does what ours would not: client-app says what is wrong, ends, and leaves nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "tests/process/line_socket.h"
#include "tests/process/programs.h"

namespace ball {
namespace {

using testing::HasSubstr;

// What the client says itself. shmsink 1.22 writes a line of its own where it is stopped while a
// locator connects.
size_t Sentences(const Child& client) {
  const auto lines = Lines(client.Errors());
  return static_cast<size_t>(std::count_if(lines.begin(), lines.end(), [](const auto& line) {
    return line.rfind("client-app: ", 0) == 0;
  }));
}

class HostileServerTest : public ProgramTest {
 protected:
  // A client that has connected to us; its standard error is one sentence in the end.
  std::unique_ptr<Child> Connect(const Arguments& arguments = {}) {
    auto client = StartClient(listener_.port(), arguments);
    connection_.emplace(listener_.Accept());
    return client;
  }
  LineSocket& connection() { return *connection_; }

 private:
  LineListener listener_;
  std::optional<LineSocket> connection_;
};

// A line may have 256 KiB.
constexpr size_t kTooLong = 300000;

constexpr char kFingerprint[] =
    "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:"
    "77:88:99:AA:BB:CC:DD:EE:FF\r\n";

constexpr char kIce[] = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n";

std::string Offer(const std::string& sdp) {
  return "{\"sdp\":" + Quoted(sdp) + ",\"type\":\"offer\"}\n";
}

std::string Session(const std::string& sections) {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE video0\r\n" + sections;
}

std::string Video(const std::string& attributes) {
  return "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:video0\r\n"
         "a=rtpmap:96 VP8/90000\r\na=sendonly\r\na=setup:actpass\r\na=rtcp-mux\r\n" +
         attributes;
}

std::string LinesOfSdp(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) lines += "a=x\r\n";
  return lines;
}

struct HostileCase {
  std::string name;
  std::string bytes;
  int exit_code;
  std::string sentence;
};

class HostileMessageTest : public HostileServerTest,
                           public testing::WithParamInterface<HostileCase> {};

TEST_P(HostileMessageTest, EndsTheClientWithASentence) {
  const auto client = Connect();
  connection().Send(GetParam().bytes);
  EXPECT_EQ(client->AwaitExit(), GetParam().exit_code);
  EXPECT_THAT(client->Errors(), HasSubstr(GetParam().sentence));
  EXPECT_EQ(Sentences(*client), 1) << client->Errors();
  EXPECT_THAT(Handoffs(), testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Messages, HostileMessageTest,
    testing::Values(
        HostileCase{"Garbage", "HTTP/1.1 400 Bad Request\r\n\r\n", 5,
                    "it is no JSON, from byte 0 on"},
        HostileCase{"LineThatIsTooLong", std::string(kTooLong, 'x') + "\n", 5,
                    "a line is longer than 262144 bytes"},
        HostileCase{"DeepNesting", std::string(100000, '[') + "\n", 5,
                    "its brackets nest too deep"},
        HostileCase{"Answer", "{\"sdp\":\"v=0\",\"type\":\"answer\"}\n", 4,
                    "a message that only a client may send"},
        HostileCase{"Hello", "{\"token\":\"x\",\"type\":\"hello\"}\n", 4,
                    "a message that only a client may send"},
        HostileCase{"NoSdp", Offer("no description"), 4, "the server's offer cannot be used"},
        HostileCase{"NoVideo", Offer(Session(kFingerprint)), 4, "it has no video section"},
        HostileCase{"NoFingerprint", Offer(Session(Video(""))), 4, "no certificate fingerprint"},
        HostileCase{"NoIce", Offer(Session(Video(kFingerprint))), 4,
                    "a section has no ICE credentials"},
        HostileCase{"UnknownCodec",
                    Offer(std::regex_replace(Session(Video(std::string(kFingerprint) + kIce)),
                                             std::regex("VP8"), "H263")),
                    4, "the server's offer cannot be used: it has no video in VP8, VP9 or H264"},
        HostileCase{"ThousandsOfLines", Offer(Session(LinesOfSdp(9000))), 4,
                    "it has more than 4096 lines"},
        HostileCase{"InvalidUtf8", "{\"sdp\":\"v=0\xc3(\",\"type\":\"offer\"}\n", 5,
                    "it is no UTF-8"},
        HostileCase{"WrongTypes", "{\"sdp\":[],\"type\":\"offer\"}\n", 5,
                    "its sdp has the wrong type"},
        HostileCase{"DuplicateKeys", "{\"sdp\":\"a\",\"sdp\":\"b\",\"type\":\"offer\"}\n", 5,
                    "a key is there twice"},
        HostileCase{"Error", "{\"message\":\"\\u001b[31mred\\nno\",\"type\":\"error\"}\n", 4,
                    "the server says: \\x1b[31mred\\nno\n"},
        HostileCase{"Bye", "{\"type\":\"bye\"}\n", 0, "the server said bye"}),
    [](const auto& param) { return param.param.name; });

// The frames come; a client that waits for a way back would do so without end.
TEST_F(HostileServerTest, ThatOpensNoDataChannelEndsTheClientWithTheReason) {
  const Server server({"--port", "0"}, Variables(Preloading(LOST_DATA)));
  const auto client = StartClient(server.port(), {});
  EXPECT_EQ(client->AwaitExit(), 5);
  EXPECT_THAT(client->Errors(),
              HasSubstr("frames come, but no data channel for the answers opened within 15 s"));
  EXPECT_THAT(Handoffs(), testing::IsEmpty());
}

TEST_F(HostileServerTest, ThatClosesAtOnceIsTold) {
  const auto client = Connect();
  connection().Close();
  EXPECT_EQ(client->AwaitExit(), 5);
  EXPECT_THAT(client->Errors(), HasSubstr("the signalling connection broke: end of file"));
}

// One that is sent right behind the offer may be read before a locator is ready to take that.
TEST_F(HostileServerTest, CandidateIsLookedAtWhenItComesBeforeItsOffer) {
  const auto client = Connect();
  connection().Send(
      "{\"candidate\":\"candidate:1 1 UDP 2130706431 early.example 40000 typ host\","
      "\"id\":\"video0\",\"label\":0,\"type\":\"candidate\"}\n{\"type\":\"bye\"}\n");
  EXPECT_EQ(client->AwaitExit(), 0);
  EXPECT_THAT(client->Errors(), HasSubstr("a candidate of the peer is not tried"));
}

TEST_F(HostileServerTest, ThatOffersTwiceIsRefused) {
  const auto client = Connect();
  const std::string offer = Offer(Session(Video(std::string(kFingerprint) + kIce)));
  connection().Send(offer + offer);
  EXPECT_EQ(client->AwaitExit(), 4);
  EXPECT_THAT(client->Errors(), HasSubstr("a second offer"));
}

TEST_F(HostileServerTest, ThatClosesAfterTheAnswerIsTold) {
  const auto client = Connect();
  connection().Send(Offer(Session(Video(std::string(kFingerprint) + kIce))));
  const auto answer = connection().ReadLine();
  ASSERT_TRUE(answer) << client->Errors();
  EXPECT_THAT(*answer, HasSubstr("\"type\": \"answer\""));
  connection().Close();
  EXPECT_EQ(client->AwaitExit(), 5);
  EXPECT_THAT(client->Errors(), HasSubstr("the signalling connection broke"));
  EXPECT_THAT(Handoffs(), testing::IsEmpty());
}

TEST_F(HostileServerTest, ThatSaysNothingIsGivenUp) {
  const auto client = Connect();
  EXPECT_EQ(client->AwaitExit(), 5);
  EXPECT_THAT(client->Errors(), HasSubstr("not connected within 15 s"));
  EXPECT_EQ(Sentences(*client), 1);
}

}  // namespace
}  // namespace ball
