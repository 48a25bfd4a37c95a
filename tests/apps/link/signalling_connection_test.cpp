// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/signalling_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "apps/link/signalling_server.h"
#include "tests/apps/link/raw_peer.h"
#include "tests/run_until.h"

namespace ball {
namespace {

const std::string kBye = "{\"type\": \"bye\"}\n";

std::string CandidateLine(int m_line) {
  return SerializeSignallingMessage(Candidate{"candidate:1", "0", m_line}) + "\n";
}

// One connection to a server of this machine; `far` is its other end.
class SignallingConnectionTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(
        server_.Listen("127.0.0.1", 0, [this](auto connection) { near_ = std::move(connection); }),
        "");
    far_ = std::make_unique<RawPeer>(server_.port());
    ASSERT_TRUE(far_->connected());
    ASSERT_TRUE(RunUntil([this] { return near_ != nullptr; }));
  }

  SignallingConnection::Events Events() {
    return {[this](const SignallingMessage& message) { messages_.push_back(message); },
            [this](const std::string& reason) { closed_.push_back(reason); }};
  }

  bool AwaitMessages(size_t count) {
    return RunUntil([this, count] { return messages_.size() >= count; });
  }
  bool AwaitClosed() {
    return RunUntil([this] { return !closed_.empty(); });
  }

  SignallingServer server_;
  std::unique_ptr<SignallingConnection> near_;
  std::unique_ptr<RawPeer> far_;
  std::vector<SignallingMessage> messages_;
  std::vector<std::string> closed_;
};

TEST_F(SignallingConnectionTest, KnowsItsRoundTripFromTheFirst) {
  const auto round_trip = near_->RoundTrip();
  ASSERT_TRUE(round_trip);
  EXPECT_GT(*round_trip, std::chrono::microseconds(0));
  EXPECT_LT(*round_trip, std::chrono::seconds(5));
}

TEST_F(SignallingConnectionTest, JoinsLinesThatComeByteByByte) {
  near_->Start(Events());
  for (const char c : CandidateLine(0) + CandidateLine(1)) {
    ASSERT_TRUE(far_->Write(std::string(1, c)));
    RunPending();
  }
  ASSERT_TRUE(AwaitMessages(2));
  EXPECT_EQ(std::get<Candidate>(messages_[0]).m_line, 0);
  EXPECT_EQ(std::get<Candidate>(messages_[1]).m_line, 1);
}

TEST_F(SignallingConnectionTest, SplitsWhatComesInOnePiece) {
  near_->Start(Events());
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += CandidateLine(i);
  ASSERT_TRUE(far_->Write(lines + kBye));
  ASSERT_TRUE(AwaitMessages(1001));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(std::get<Candidate>(messages_[i]).m_line, i);
  EXPECT_TRUE(std::holds_alternative<Bye>(messages_.back()));
  EXPECT_TRUE(closed_.empty());
}

TEST_F(SignallingConnectionTest, ReadsNothingBeforeItIsStarted) {
  ASSERT_TRUE(far_->Write(kBye));
  RunPending();
  near_->Start(Events());
  EXPECT_TRUE(messages_.empty());
  EXPECT_TRUE(AwaitMessages(1));
}

TEST_F(SignallingConnectionTest, TakesTheLongestLine) {
  near_->Start(Events());
  const size_t frame = SerializeSignallingMessage(Offer{""}).size();
  const Offer offer{std::string(kMaxSignallingLine - frame, 'x')};
  ASSERT_TRUE(far_->Write(SerializeSignallingMessage(offer) + "\n"));
  ASSERT_TRUE(AwaitMessages(1));
  EXPECT_EQ(std::get<Offer>(messages_[0]), offer);
}

TEST_F(SignallingConnectionTest, EndsAtALineThatIsTooLong) {
  near_->Start(Events());
  far_->Write(kBye + std::string(kMaxSignallingLine + 1, 'x'));
  ASSERT_TRUE(AwaitClosed());
  EXPECT_EQ(closed_[0], "a line is longer than 262144 bytes");
  EXPECT_EQ(messages_.size(), 1U);
}

class SignallingGarbageTest : public SignallingConnectionTest,
                              public testing::WithParamInterface<std::string> {};

TEST_P(SignallingGarbageTest, EndsTheConnectionOnce) {
  near_->Start(Events());
  ASSERT_TRUE(far_->Write(kBye + GetParam() + "\n" + kBye));
  ASSERT_TRUE(AwaitClosed());
  RunPending();
  EXPECT_THAT(closed_, testing::ElementsAre(testing::HasSubstr("no signalling message: it")));
  EXPECT_EQ(messages_.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Lines, SignallingGarbageTest,
                         testing::Values("GET / HTTP/1.1\r", "", "{}", "\xff\xfe",
                                         std::string("\0\0", 2), R"({"type":"offer"})",
                                         R"([{"type":"bye"}])"));

TEST_F(SignallingConnectionTest, TellsTheEndOfFileOnceAndDropsAnUnfinishedLine) {
  near_->Start(Events());
  ASSERT_TRUE(far_->Write(kBye + "{\"type\": \"bye\"}"));
  far_->Close();
  ASSERT_TRUE(AwaitClosed());
  RunPending();
  EXPECT_EQ(closed_, std::vector<std::string>{"end of file"});
  EXPECT_EQ(messages_.size(), 1U);
}

TEST_F(SignallingConnectionTest, TellsABrokenConnection) {
  near_->Start(Events());
  far_->Reset();
  ASSERT_TRUE(AwaitClosed());
  EXPECT_NE(closed_[0], "end of file");
  EXPECT_FALSE(closed_[0].empty());
  // What is sent into it is dropped.
  near_->Send(Bye{});
  RunPending();
  EXPECT_EQ(closed_.size(), 1U);
}

TEST_F(SignallingConnectionTest, MayBeDestroyedByAMessage) {
  int messages = 0;
  near_->Start({[&](const SignallingMessage&) {
                  ++messages;
                  near_.reset();
                },
                [&](const std::string& reason) { closed_.push_back(reason); }});
  ASSERT_TRUE(far_->Write(kBye + kBye + "garbage\n"));
  ASSERT_TRUE(RunUntil([&] { return messages == 1; }));
  EXPECT_EQ(far_->ReadToEnd(), "");
  EXPECT_EQ(messages, 1);
  EXPECT_TRUE(closed_.empty());
}

TEST_F(SignallingConnectionTest, MayBeDestroyedByItsEnd) {
  const SignallingConnection::Events events = Events();
  near_->Start({events.on_message, [&](const std::string& reason) {
                  near_.reset();
                  closed_.push_back(reason);
                }});
  far_->Close();
  ASSERT_TRUE(AwaitClosed());
  RunPending();
  EXPECT_EQ(closed_.size(), 1U);
}

TEST_F(SignallingConnectionTest, ClosesInACallbackWhenWhatItSaysIsWritten) {
  near_->Start({[&](const SignallingMessage& message) {
                  messages_.push_back(message);
                  near_->Send(ErrorMessage{"no"});
                  near_->CloseAfterSending();
                },
                [&](const std::string& reason) { closed_.push_back(reason); }});
  ASSERT_TRUE(far_->Write(kBye + kBye));
  EXPECT_EQ(far_->ReadToEnd(), SerializeSignallingMessage(ErrorMessage{"no"}) + "\n");
  EXPECT_EQ(messages_.size(), 1U);
  EXPECT_TRUE(closed_.empty());
}

TEST_F(SignallingConnectionTest, AnswersAPeerThatHasStoppedWriting) {
  const SignallingConnection::Events events = Events();
  near_->Start({events.on_message, [&](const std::string& reason) {
                  closed_.push_back(reason);
                  near_->Send(ErrorMessage{"too short"});
                  near_->CloseAfterSending();
                }});
  far_->ShutDownWriting();
  EXPECT_EQ(far_->ReadToEnd(), SerializeSignallingMessage(ErrorMessage{"too short"}) + "\n");
}

std::string LargeOffer(char c) {
  return SerializeSignallingMessage(Offer{std::string(200000, c)}) + "\n";
}

TEST_F(SignallingConnectionTest, SendsLargeMessagesInOrderToASlowReader) {
  near_->Start(Events());
  std::string sent;
  for (const char c : {'a', 'b', 'c', 'd'}) {
    near_->Send(Offer{std::string(200000, c)});
    sent += LargeOffer(c);
  }
  RunPending();
  EXPECT_EQ(far_->Read(sent.size()), sent);
  near_->Send(Bye{});
  EXPECT_EQ(far_->Read(kBye.size()), kBye);
}

TEST_F(SignallingConnectionTest, WritesAllBeforeItCloses) {
  near_->Start(Events());
  near_->Send(Offer{std::string(200000, 'a')});
  near_->Send(Offer{std::string(200000, 'b')});
  near_->CloseAfterSending();
  EXPECT_EQ(far_->ReadToEnd(), LargeOffer('a') + LargeOffer('b'));
}

TEST_F(SignallingConnectionTest, GivesUpAPeerThatNeverReads) {
  near_->Start(Events());
  // More than the sockets and our own queue take.
  for (int i = 0; i < 200 && closed_.empty(); ++i) {
    near_->Send(Offer{std::string(200000, 'a')});
    RunPending();
  }
  ASSERT_TRUE(AwaitClosed());
  // What the peer reads now is whole lines, but for the last.
  const std::string read = far_->ReadToEnd();
  EXPECT_EQ(read.substr(0, LargeOffer('a').size()), LargeOffer('a'));
  for (size_t at = 0; at < read.size(); at += LargeOffer('a').size()) {
    EXPECT_EQ(read.compare(at, 9, LargeOffer('a'), 0, std::min<size_t>(9, read.size() - at)), 0);
  }
}

TEST_F(SignallingConnectionTest, MayBeDestroyedWhileItReadsAndWrites) {
  near_->Start(Events());
  ASSERT_TRUE(far_->Write("{\"type\":"));
  for (int i = 0; i < 4; ++i) near_->Send(Offer{std::string(250000, 'a')});
  near_.reset();
  ASSERT_TRUE(far_->Write("\"bye\"}\n") || true);
  far_->ReadToEnd();
  RunPending();
  EXPECT_TRUE(messages_.empty());
  EXPECT_TRUE(closed_.empty());
}

TEST_F(SignallingConnectionTest, TalksToItsLike) {
  near_->Start(Events());
  SignallingConnection far(far_->connection());
  std::vector<SignallingMessage> answers;
  far.Start({[&](const SignallingMessage& message) { answers.push_back(message); },
             [](const std::string&) {}});
  const std::vector<SignallingMessage> all = {Hello{"secret"},
                                              Offer{"v=0\r\n"},
                                              Answer{"\xc3\xa4"},
                                              Candidate{"candidate:1", "0", 3},
                                              Bye{},
                                              ErrorMessage{"line\nbreak"}};
  for (const SignallingMessage& message : all) {
    far.Send(message);
    near_->Send(message);
  }
  EXPECT_TRUE(RunUntil([&] { return answers.size() == all.size(); }));
  EXPECT_TRUE(AwaitMessages(all.size()));
  EXPECT_EQ(messages_, all);
  EXPECT_EQ(answers, all);
}

TEST_F(SignallingConnectionTest, NamesItsPeerAndItsOwnLoopbackAddress) {
  EXPECT_EQ(near_->PeerName(), far_->Name());
  EXPECT_EQ(near_->LoopbackAddress(), "127.0.0.1");
}

}  // namespace
}  // namespace ball
