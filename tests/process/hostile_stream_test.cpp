// SPDX-License-Identifier: LGPL-2.1-or-later
// Signalling that nobody should send, while frames flow: it ends its session, or is told where
// frames can go on without it, and nobody else notices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/process/carrier.h"
#include "tests/process/faults.h"

namespace ball {
namespace {

using testing::HasSubstr;

struct StreamCase {
  std::string name;
  std::string bytes;
  std::string said;
};

const std::string kTooLong(300000, 'x');

class HostileStreamTest : public FaultTest, public testing::WithParamInterface<StreamCase> {
 protected:
  // A client that is served, whose signalling goes through our hands.
  void SetUp() override {
    server_ = StartReporting({});
    client_ = StartClient(carrier_.port(), {});
    ASSERT_TRUE(carrier_.CarryDescriptions(server_->port())) << client_->Errors();
    ASSERT_TRUE(MatchingGoesOn(*server_)) << client_->Errors();
  }

  SignallingCarrier carrier_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Child> client_;
};

class EvictedStreamTest : public HostileStreamTest {};

TEST_P(EvictedStreamTest, EndsItsSessionWithALineAndNoOther) {
  const auto other = StartClient(server_->port(), {});
  ASSERT_TRUE(other->AwaitError("receiving")) << other->Errors();
  carrier_.to_server().Send(GetParam().bytes);
  EXPECT_TRUE(server_->AwaitError("was thrown out: " + GetParam().said)) << server_->Errors();
  EXPECT_TRUE(MatchingGoesOn(*server_)) << server_->Errors();
  client_->Signal(SIGTERM);
  client_->AwaitExit();
  ExpectEnds(*other, *server_);
  ExpectWholeReports();
}

INSTANTIATE_TEST_SUITE_P(
    Messages, EvictedStreamTest,
    testing::Values(
        StreamCase{"AnswerTwice", "{\"sdp\":\"v=0\",\"type\":\"answer\"}\n", "a second answer"},
        StreamCase{"Offer", "{\"sdp\":\"v=0\",\"type\":\"offer\"}\n",
                   "the client may not send this message"},
        StreamCase{"Error", "{\"message\":\"x\",\"type\":\"error\"}\n",
                   "the client may not send this message"},
        StreamCase{"Check", "{\"type\":\"check\"}\n", "the client may not send this message"}),
    [](const auto& param) { return param.param.name; });

class BrokenSignallingTest : public HostileStreamTest {};

TEST_P(BrokenSignallingTest, IsToldByBothAndFramesGoOn) {
  carrier_.to_server().Send(GetParam().bytes);
  EXPECT_TRUE(server_->AwaitError(GetParam().said));
  carrier_.to_client().Send(GetParam().bytes);
  EXPECT_TRUE(client_->AwaitError(GetParam().said));
  EXPECT_TRUE(MatchingGoesOn(*server_));
  ExpectEnds(*client_, *server_);
  ExpectWholeReports();
}

INSTANTIATE_TEST_SUITE_P(
    Bytes, BrokenSignallingTest,
    testing::Values(StreamCase{"Garbage", "garbage\n", "it is no JSON, from byte 0 on"},
                    StreamCase{"LineThatIsTooLong", kTooLong, "a line is longer than"},
                    StreamCase{"InvalidUtf8", "{\"type\":\"\xc3(\"}\n", "it is no UTF-8"}),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace ball
