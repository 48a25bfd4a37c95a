// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/reception.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "apps/link/signalling_server.h"
#include "tests/apps/link/raw_peer.h"
#include "tests/run_until.h"

namespace ball {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kCheck[] = "{\"type\":\"check\"}\n";
constexpr char kHello[] = "{\"type\":\"hello\",\"token\":\"secret\",\"report\":true}\n";

// A reception behind a real port; what it lets in is kept.
class ReceptionTest : public testing::Test {
 protected:
  void Open(const Reception::Settings& settings) {
    Reception::Events events;
    events.status = [] { return Status{true, true, 2, 3}; };
    events.refusal = [this] { return refusal_; };
    events.on_admitted = [this](auto connection, const auto& first) {
      admitted_.push_back(std::move(connection));
      firsts_.push_back(first);
    };
    events.on_note = [this](const std::string& note) { notes_.push_back(note); };
    reception_ = std::make_unique<Reception>(settings, events);
    ASSERT_EQ(server_.Listen("127.0.0.1", 0,
                             [this](auto connection) {
                               ++received_;
                               reception_->Receive(std::move(connection));
                             }),
              "");
  }
  static Reception::Settings WithToken() {
    Reception::Settings settings;
    settings.token = Token::Parse("secret");
    return settings;
  }

  std::optional<ErrorMessage> refusal_;
  std::vector<std::unique_ptr<SignallingConnection>> admitted_;
  std::vector<std::optional<SignallingMessage>> firsts_;
  std::vector<std::string> notes_;
  size_t received_ = 0;
  std::unique_ptr<Reception> reception_;
  SignallingServer server_;
};

TEST_F(ReceptionTest, LetsInWhoSaysNothing) {
  Open({});
  const RawPeer peer(server_.port());
  ASSERT_TRUE(RunUntil([this] { return admitted_.size() == 1; }));
  EXPECT_EQ(firsts_[0], std::nullopt);
  EXPECT_EQ(admitted_[0]->PeerName(), peer.Name());
}

TEST_F(ReceptionTest, HandsOnWhatCameFirstAndAllAfterIt) {
  Open({{}, milliseconds(60000), milliseconds(60000)});
  RawPeer peer(server_.port());
  ASSERT_TRUE(peer.Write("{\"type\":\"bye\"}\n"));
  ASSERT_TRUE(RunUntil([this] { return admitted_.size() == 1; }));
  EXPECT_EQ(firsts_[0], SignallingMessage(Bye{}));
  std::vector<SignallingMessage> messages;
  admitted_[0]->Start(
      {[&](const auto& message) { messages.push_back(message); }, [](const std::string&) {}});
  ASSERT_TRUE(peer.Write("{\"type\":\"answer\",\"sdp\":\"v=0\"}\n"));
  ASSERT_TRUE(RunUntil([&] { return messages.size() == 1; }));
  EXPECT_EQ(messages[0], SignallingMessage(Answer{"v=0"}));
}

TEST_F(ReceptionTest, AnswersACheckAndCloses) {
  Open(WithToken());
  RawPeer peer(server_.port());
  ASSERT_TRUE(peer.Write(kCheck));
  EXPECT_EQ(peer.ReadToEnd(), SerializeSignallingMessage(Status{true, true, 2, 3}) + "\n");
  EXPECT_THAT(admitted_, IsEmpty());
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(ReceptionTest, AnswersACheckEvenWhereNobodyIsLetIn) {
  refusal_ = ErrorMessage{"full", true};
  Open({});
  RawPeer peer(server_.port());
  ASSERT_TRUE(peer.Write(kCheck));
  EXPECT_THAT(peer.ReadToEnd(), HasSubstr("\"status\""));
}

TEST_F(ReceptionTest, RefusesWhenNobodyIsLetIn) {
  refusal_ = ErrorMessage{"full", true};
  Open({});
  RawPeer peer(server_.port());
  EXPECT_EQ(peer.ReadToEnd(), SerializeSignallingMessage(*refusal_) + "\n");
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(ReceptionTest, LetsInTheRightToken) {
  Open(WithToken());
  RawPeer peer(server_.port());
  ASSERT_TRUE(peer.Write(kHello));
  ASSERT_TRUE(RunUntil([this] { return admitted_.size() == 1; }));
  EXPECT_EQ(firsts_[0], SignallingMessage(Hello{"secret", true}));
}

TEST_F(ReceptionTest, AWrongTokenIsNotedWithoutTheToken) {
  Open(WithToken());
  RawPeer peer(server_.port());
  ASSERT_TRUE(peer.Write("{\"type\":\"hello\",\"token\":\"guess\"}\n"));
  EXPECT_THAT(peer.ReadToEnd(), HasSubstr("the token is not the server's"));
  EXPECT_THAT(admitted_, IsEmpty());
  ASSERT_THAT(notes_, SizeIs(1));
  EXPECT_EQ(notes_[0],
            peer.Name() + " was turned away: the token is not the server's (--token-file)");
}

TEST_F(ReceptionTest, DoesNotAwaitTheHelloForEver) {
  Reception::Settings settings = WithToken();
  settings.hello_limit = milliseconds(30);
  Open(settings);
  RawPeer peer(server_.port());
  EXPECT_THAT(peer.ReadToEnd(), HasSubstr("no hello with a token within 0.03 s (--hello-timeout)"));
  EXPECT_THAT(admitted_, IsEmpty());
}

TEST_F(ReceptionTest, AwaitsTheHelloForEverWhereThereIsNoLimit) {
  Reception::Settings settings = WithToken();
  settings.hello_limit = milliseconds(0);
  Open(settings);
  RawPeer peer(server_.port());
  EXPECT_FALSE(RunUntil([this] { return !notes_.empty(); }, milliseconds(100)));
  ASSERT_TRUE(peer.Write(kHello));
  ASSERT_TRUE(RunUntil([this] { return admitted_.size() == 1; }));
}

TEST_F(ReceptionTest, NotesWhoGoesWithoutAWord) {
  Open(WithToken());
  RawPeer(server_.port()).Close();
  ASSERT_TRUE(RunUntil([this] { return !notes_.empty(); }));
  EXPECT_THAT(notes_[0], HasSubstr("ended before it streamed: signalling connection: "));
}

TEST_F(ReceptionTest, TheLongestSilentOneMakesRoom) {
  Open(WithToken());
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (size_t i = 0; i <= Reception::kMaxWaiting; ++i) {
    peers.push_back(std::make_unique<RawPeer>(server_.port()));
    ASSERT_TRUE(RunUntil([&] { return received_ == i + 1; }));
  }
  EXPECT_THAT(peers[0]->ReadToEnd(), HasSubstr("too many connections wait"));
  ASSERT_TRUE(peers[1]->Write(kHello));
  ASSERT_TRUE(RunUntil([this] { return admitted_.size() == 1; }));
}

TEST_F(ReceptionTest, WhoWaitsWhenItClosesIsRefused) {
  Open(WithToken());
  RawPeer peer(server_.port());
  ASSERT_TRUE(RunUntil([this] { return received_ == 1; }));
  refusal_ = ErrorMessage{"draining", true};
  reception_->Close();
  EXPECT_THAT(peer.ReadToEnd(), HasSubstr("draining"));
  RawPeer late(server_.port());
  EXPECT_THAT(late.ReadToEnd(), HasSubstr("draining")) << "no hello is awaited any more";
}

}  // namespace
}  // namespace ball
