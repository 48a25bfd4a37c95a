// SPDX-License-Identifier: LGPL-2.1-or-later
// A client that does what ours would not: server-app goes on serving others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "tests/process/line_socket.h"
#include "tests/process/programs.h"

namespace ball {
namespace {

using testing::HasSubstr;

class HostileClientTest : public ProgramTest {
 protected:
  void SetUp() override { server_ = StartServer({}); }
  void TearDown() override {
    server_.reset();
    ProgramTest::TearDown();
  }

  // A hostile one whose offer has come: so it is a session.
  LineSocket Offered() const {
    LineSocket socket = LineSocket::ConnectTo(server_->port());
    const auto offer = socket.ReadLine();
    EXPECT_TRUE(offer && offer->find("\"type\": \"offer\"") != std::string::npos);
    return socket;
  }

  void ExpectServesOthers() {
    const auto client = StartClient(server_->port(), {"--frames", "5"});
    EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
    EXPECT_TRUE(server_->running());
    server_->Signal(SIGINT);
    EXPECT_EQ(server_->AwaitExit(), 0) << server_->Errors();
  }

  Server& server() { return *server_; }

 private:
  std::unique_ptr<Server> server_;
};

// A line may have 256 KiB.
constexpr size_t kTooLong = 300000;

constexpr char kFingerprint[] =
    "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:"
    "77:88:99:AA:BB:CC:DD:EE:FF\r\n";

std::string Session(const std::string& attributes) {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + attributes;
}

std::string Video(const std::string& attributes) {
  return "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:video0\r\n"
         "a=rtpmap:96 VP8/90000\r\na=recvonly\r\na=setup:active\r\na=rtcp-mux\r\n" +
         attributes;
}

std::string Data(const std::string& attributes) {
  return "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
         "a=mid:application1\r\na=sctp-port:5000\r\na=setup:active\r\n" +
         attributes;
}

std::string Message(const std::string& type, const std::string& sdp) {
  return "{\"sdp\":" + Quoted(sdp) + ",\"type\":\"" + type + "\"}\n";
}

constexpr char kIce[] = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n";

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

struct RefusedCase {
  std::string name;
  std::string bytes;
  // What the server's log says.
  std::string reason;
};

// Beside a client that is served all the while.
class RefusedAnswerTest : public HostileClientTest,
                          public testing::WithParamInterface<RefusedCase> {
 protected:
  void SetUp() override {
    HostileClientTest::SetUp();
    bystander_ = StartLightClient(server().port(), {});
    EXPECT_TRUE(server().AwaitOutput("session 1: "));
  }
  void TearDown() override {
    bystander_.reset();
    HostileClientTest::TearDown();
  }

  // It had an answer to each frame, and leaves in good order.
  void ExpectBystanderUnharmed() {
    EXPECT_TRUE(bystander_->running());
    bystander_->Signal(SIGTERM);
    EXPECT_EQ(bystander_->AwaitExit(), 0) << bystander_->Errors();
    server().Signal(SIGINT);
    EXPECT_EQ(server().AwaitExit(), 0) << server().Errors();
    EXPECT_TRUE(server().AwaitOutput("ended: bye")) << server().Output();
  }

 private:
  std::unique_ptr<Child> bystander_;
};

TEST_P(RefusedAnswerTest, IsToldWhyAndEndsThatSessionAlone) {
  LineSocket socket = Offered();
  socket.Send(GetParam().bytes);
  EXPECT_TRUE(server().AwaitError(GetParam().reason)) << server().Errors();
  std::string told;
  while (const auto line = socket.ReadLine()) told += *line + "\n";
  if (GetParam().name != "Bye") {
    EXPECT_THAT(told,
                testing::AllOf(HasSubstr(GetParam().reason), HasSubstr("\"type\": \"error\"")));
  }
  ExpectBystanderUnharmed();
  EXPECT_THAT(Lines(server().Errors()), testing::SizeIs(1)) << server().Errors();
}

INSTANTIATE_TEST_SUITE_P(
    Messages, RefusedAnswerTest,
    testing::Values(
        RefusedCase{"Garbage", "\x01\x02\xff\xfe garbage\n", "it is no JSON, from byte 0 on"},
        RefusedCase{"LineThatIsTooLong", std::string(kTooLong, 'x') + "\n",
                    "a line is longer than 262144 bytes"},
        RefusedCase{"LineWithoutEnd", std::string(kTooLong, '{'),
                    "a line is longer than 262144 bytes"},
        RefusedCase{"DeepNesting", std::string(100000, '[') + "\n", "its brackets nest too deep"},
        RefusedCase{"OfferInsteadOfAnswer", Message("offer", Session(kFingerprint + Video(""))),
                    "the client may not send this message"},
        RefusedCase{"NoSdp", Message("answer", "no description"), "the answer cannot be used"},
        RefusedCase{"EmptySdp", Message("answer", ""), "the answer cannot be used: it is no SDP"},
        RefusedCase{"NoVideo", Message("answer", Session(kFingerprint)), "it has no video"},
        RefusedCase{"NoFingerprint", Message("answer", Session(Video(""))),
                    "no certificate fingerprint"},
        RefusedCase{"UnknownHash", Message("answer", Session(Video("a=fingerprint:md2 00:11\r\n"))),
                    "unknown hash"},
        RefusedCase{
            "OtherSections",
            Message("answer", Session(kFingerprint + Video(kIce) + Video(kIce) + Video(kIce))),
            "webrtcbin refuses the description"},
        RefusedCase{"SecondAnswer",
                    Message("answer", Session(kFingerprint + Video(kIce))) +
                        Message("answer", Session(kFingerprint + Video(kIce))),
                    "a second answer"},
        RefusedCase{"InvalidUtf8", "{\"sdp\":\"v=0\xc3(\",\"type\":\"answer\"}\n",
                    "it is no UTF-8"},
        RefusedCase{"WrongTypes", "{\"sdp\":7,\"type\":\"answer\"}\n",
                    "its sdp has the wrong type"},
        RefusedCase{"TypeThatIsNoText", "{\"sdp\":\"\",\"type\":[\"answer\"]}\n",
                    "its type has the wrong type"},
        RefusedCase{"DuplicateKeys", "{\"sdp\":\"a\",\"sdp\":\"b\",\"type\":\"answer\"}\n",
                    "a key is there twice"},
        RefusedCase{"ThousandsOfLines", Message("answer", Session(Repeated("a=x\r\n", 9000))),
                    "it has more than 4096 lines"},
        RefusedCase{"ThousandsOfSections",
                    Message("answer", Session(Repeated("m=video 9 X 0\r\n", 4000))),
                    "it has too many sections or candidates"},
        RefusedCase{"NoIce", Message("answer", Session(kFingerprint + Video(""))),
                    "a section has no ICE credentials"},
        RefusedCase{"CandidatesWithoutEnd",
                    Message("answer", Session(kFingerprint + Video(kIce) + Data(kIce))) +
                        Repeated("{\"candidate\":\"candidate:1 1 UDP 1 192.0.2.1 9 typ host\","
                                 "\"label\":0,\"type\":\"candidate\"}\n",
                                 300),
                    "it sends more candidates than any peer needs"},
        RefusedCase{"TerminalSequences", "{\"type\":\"\x1b[2J\"}\n",
                    "a control character is not escaped"},
        RefusedCase{"Error", "{\"type\":\"error\",\"message\":\"no\"}\n",
                    "the client may not send this message"},
        RefusedCase{"Bye", "{\"type\":\"bye\"}\n", "ended before it streamed: bye"}),
    [](const auto& param) { return param.param.name; });

TEST_F(HostileClientTest, WhatIsRefusedIsToldToTheClient) {
  LineSocket socket = Offered();
  socket.Send(Message("answer", "no description"));
  const auto error = socket.ReadLine();
  ASSERT_TRUE(error);
  EXPECT_THAT(*error, HasSubstr("\"type\": \"error\""));
  EXPECT_THAT(*error, HasSubstr("the answer cannot be used"));
  EXPECT_EQ(socket.ReadLine(), "{\"type\": \"bye\"}");
  EXPECT_TRUE(socket.AwaitEnd());
}

TEST_F(HostileClientTest, CandidateIsLookedAtWhenItComesBeforeTheAnswer) {
  LineSocket socket = Offered();
  socket.Send(
      "{\"candidate\":\"candidate:1 1 UDP 2130706431 early.example 40000 typ host\","
      "\"id\":\"video0\",\"label\":0,\"type\":\"candidate\"}\n");
  EXPECT_TRUE(server().AwaitError("a candidate of the peer is not tried"));
}

TEST_F(HostileClientTest, MayCloseBeforeTheOffer) {
  LineSocket::ConnectTo(server().port()).Close();
  EXPECT_TRUE(server().AwaitError("ended before it streamed: signalling connection: "));
  ExpectServesOthers();
}

TEST_F(HostileClientTest, MayCloseAfterTheOffer) {
  Offered().Close();
  EXPECT_TRUE(server().AwaitError("ended before it streamed: signalling connection: "));
  ExpectServesOthers();
}

TEST_F(HostileClientTest, MayCloseInTheMiddleOfALine) {
  LineSocket socket = Offered();
  socket.Send("{\"sdp\":\"v=0");
  socket.Close();
  EXPECT_TRUE(server().AwaitError("ended before it streamed: signalling connection: "));
  ExpectServesOthers();
}

TEST_F(HostileClientTest, MayCloseAfterItsAnswer) {
  LineSocket socket = Offered();
  socket.Send(Message("answer", Session(kFingerprint + Video("a=ice-ufrag:abcd\r\na=ice-pwd:"
                                                             "0123456789012345678901\r\n"))));
  socket.Close();
  EXPECT_TRUE(server().AwaitError("ended before it streamed: "));
  ExpectServesOthers();
}

TEST_F(HostileClientTest, MayComeAndGoManyTimes) {
  for (int i = 0; i < 20; ++i) {
    LineSocket socket = LineSocket::ConnectTo(server().port());
    ASSERT_TRUE(socket.open());
    if (i % 2 == 0) socket.Send("{}\n");
    socket.Close();
  }
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(server().AwaitError("ended before it streamed: "));
  ExpectServesOthers();
}

TEST_F(HostileClientTest, ThatSaysNothingIsEndedAndOthersAreServedMeanwhile) {
  LineSocket silent = Offered();
  LineSocket slow = Offered();
  // A line that never ends, a byte at a time, is nothing either.
  slow.Send("{\"type\":");
  const auto client = StartClient(server().port(), {"--frames", "5"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_TRUE(server().AwaitError("no answer within 15 s (--answer-timeout)"));
  EXPECT_TRUE(server().AwaitError("no answer within 15 s (--answer-timeout)"));
  EXPECT_TRUE(silent.AwaitEnd());
  EXPECT_TRUE(slow.AwaitEnd());
  ExpectServesOthers();
}

}  // namespace
}  // namespace ball
