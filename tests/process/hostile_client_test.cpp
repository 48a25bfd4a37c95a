// SPDX-License-Identifier: LGPL-2.1-or-later
// A client that does what ours would not: server-app goes on serving others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

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

std::string Message(const std::string& type, const std::string& sdp) {
  return "{\"sdp\":" + Quoted(sdp) + ",\"type\":\"" + type + "\"}\n";
}

struct RefusedCase {
  std::string name;
  std::string bytes;
  // What the server's log says.
  std::string reason;
};

class RefusedAnswerTest : public HostileClientTest,
                          public testing::WithParamInterface<RefusedCase> {};

TEST_P(RefusedAnswerTest, EndsThatSessionAlone) {
  LineSocket socket = Offered();
  socket.Send(GetParam().bytes);
  EXPECT_TRUE(server().AwaitError(GetParam().reason)) << server().Errors();
  EXPECT_TRUE(socket.AwaitEnd());
  ExpectServesOthers();
}

INSTANTIATE_TEST_SUITE_P(
    Messages, RefusedAnswerTest,
    testing::Values(
        RefusedCase{"Garbage", "\x01\x02\xff\xfe garbage\n", "a line is no signalling message"},
        RefusedCase{"LineThatIsTooLong", std::string(kTooLong, 'x') + "\n",
                    "a line is longer than 262144 bytes"},
        RefusedCase{"LineWithoutEnd", std::string(kTooLong, '{'),
                    "a line is longer than 262144 bytes"},
        RefusedCase{"DeepNesting", std::string(100000, '[') + "\n",
                    "a line is no signalling message"},
        RefusedCase{"OfferInsteadOfAnswer", Message("offer", Session(kFingerprint + Video(""))),
                    "the client may not send this message"},
        RefusedCase{"NoSdp", Message("answer", "no description"), "the answer cannot be used"},
        RefusedCase{"EmptySdp", Message("answer", ""), "ended before it streamed"},
        RefusedCase{"NoVideo", Message("answer", Session(kFingerprint)), "it has no video"},
        RefusedCase{"NoFingerprint", Message("answer", Session(Video(""))),
                    "no certificate fingerprint"},
        RefusedCase{"UnknownHash", Message("answer", Session(Video("a=fingerprint:md2 00:11\r\n"))),
                    "unknown hash"},
        RefusedCase{"OtherSections",
                    Message("answer", Session(kFingerprint + Video("") + Video("") + Video(""))),
                    "ended before it streamed"},
        RefusedCase{"SecondAnswer",
                    Message("answer", Session(kFingerprint + Video("a=ice-ufrag:abcd\r\n"
                                                                   "a=ice-pwd:"
                                                                   "0123456789012345678901\r\n"))) +
                        Message("answer", Session(kFingerprint + Video(""))),
                    "ended before it streamed"},
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
