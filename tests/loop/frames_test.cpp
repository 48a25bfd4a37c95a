// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames go out, coordinates come back, and the ledger knows which belongs to which.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/loop/peers.h"
#include "tests/patience.h"
#include "tests/run_until.h"

namespace ball {
namespace {

// Half of what the ball moves from one frame to the next: nearer is the right frame.
constexpr double kHalfAStep = 2.5;

class FramesTest : public LoopTest, public testing::WithParamInterface<Codec> {};

INSTANTIATE_TEST_SUITE_P(Codecs, FramesTest,
                         testing::Values(Codec::kVp8, Codec::kVp9, Codec::kH264),
                         [](const auto& info) { return EncodingName(info.param); });

// Stops the frames and waits until every one is answered.
std::vector<FrameRecord> Settle(ServerEnd& server) {
  server.media().StopFrames();
  EXPECT_TRUE(RunUntil([&] { return server.media().ledger().Settled(); }));
  // The last frames have no later truth to compare with: the ledger is done with them when closed.
  server.media().ledger().Close(std::chrono::steady_clock::now());
  return server.media().ledger().TakeFinished();
}

TEST_P(FramesTest, ArriveEachWithTheTimestampThatTheLedgerNoted) {
  RunningSource source(GetParam());
  {
    ServerEnd server(source.pipeline(), GetParam(), teardown_);
    ClientEnd client(teardown_);
    ASSERT_TRUE(Connect(server, client));
    ASSERT_TRUE(AwaitAnswers(server, client, 60));
    const auto records = Settle(server);
    ASSERT_GE(records.size(), 60U);
    ASSERT_EQ(client.seen().size(), records.size());
    for (size_t i = 0; i < records.size(); ++i) {
      EXPECT_EQ(client.seen()[i].id, records[i].frame.id) << i;
      EXPECT_EQ(records[i].fate, Fate::kMatched) << i;
      EXPECT_LT(records[i].matched_error.value_or(1000), kHalfAStep) << i;
    }
    EXPECT_EQ(client.video(), EncodingName(GetParam()) + " 320x240");
    EXPECT_TRUE(server.log().failures.empty());
    EXPECT_TRUE(client.log().failures.empty());
  }
  EXPECT_TRUE(source.failures().empty());
}

TEST_P(FramesTest, AreAllAccountedFor) {
  RunningSource source(GetParam());
  ServerEnd server(source.pipeline(), GetParam(), teardown_);
  ClientEnd client(teardown_);
  ASSERT_TRUE(Connect(server, client));
  ASSERT_TRUE(AwaitAnswers(server, client, 20));
  Settle(server);
  const LedgerSummary summary = server.media().ledger().Summarize();
  EXPECT_EQ(summary.frames.sent, summary.frames.matched);
  EXPECT_EQ(summary.messages.received, summary.messages.matched);
  EXPECT_EQ(summary.frames.sent, summary.messages.received);
  // Under a sanitizer a machine with other things to do is too slow for some frames.
  if (kSlowdown == 1) {
    EXPECT_EQ(server.media().dropped(), 0U);
  }
  // Every stage of every frame was told.
  ASSERT_TRUE(summary.stage_means);
  EXPECT_EQ(summary.stage_means->count, summary.frames.sent);
}

TEST_P(FramesTest, TellTheTruthOfTheFrameThatTheyNameWhereAsked) {
  RunningSource source(GetParam());
  ServerEnd server(source.pipeline(), GetParam(), teardown_);
  ClientEnd client(teardown_);
  ASSERT_TRUE(Connect(server, client));
  ASSERT_TRUE(AwaitAnswers(server, client, 5));
  EXPECT_TRUE(server.told().empty());
  server.media().TellTruth();
  ASSERT_TRUE(AwaitAnswers(server, client, 60));
  Settle(server);
  EXPECT_GE(server.told().size(), 40U);
  for (const auto& [id, ball] : server.told()) {
    const auto seen = std::find_if(client.seen().begin(), client.seen().end(),
                                   [id = id](const SeenFrame& frame) { return frame.id == id; });
    ASSERT_NE(seen, client.seen().end()) << id.value;
    EXPECT_LT(std::hypot(seen->x - ball.x, seen->y - ball.y), kHalfAStep) << id.value;
  }
}

// Counts the key frames that the encoder makes.
class KeyFrameCounter : public FrameOutlet {
 public:
  explicit KeyFrameCounter(FrameFanout& fanout) : fanout_(fanout) { fanout_.Add(*this); }
  ~KeyFrameCounter() { fanout_.Remove(*this); }
  KeyFrameCounter(const KeyFrameCounter&) = delete;
  KeyFrameCounter& operator=(const KeyFrameCounter&) = delete;

  int frames() const { return frames_; }
  int keys() const { return keys_; }

 private:
  void OnDrawn(const DrawnFrame&) override {}
  void OnEncoded(GstBuffer*, bool key, const DrawnFrame&) override {
    ++frames_;
    keys_ += key ? 1 : 0;
  }

  FrameFanout& fanout_;
  std::atomic<int> frames_ = 0;
  std::atomic<int> keys_ = 0;
};

// Those would be for nothing, and spoil the picture of the others.
TEST_P(FramesTest, WishForOneKeyFrameBehindAPauseAndForNoneInIt) {
  RunningSource source(GetParam());
  ServerEnd server(source.pipeline(), GetParam(), teardown_);
  ClientEnd client(teardown_);
  ASSERT_TRUE(Connect(server, client));
  ASSERT_TRUE(AwaitAnswers(server, client, 5));
  const KeyFrameCounter counter(source.pipeline().fanout());
  server.media().Pause(std::chrono::seconds(60));
  ASSERT_TRUE(RunUntil([&] { return counter.frames() >= 60; }));
  EXPECT_EQ(counter.keys(), 0);
  server.media().Pause(std::chrono::seconds(0));
  EXPECT_TRUE(RunUntil([&] { return counter.keys() == 1; }));
  const size_t seen = client.seen().size();
  EXPECT_TRUE(RunUntil([&] { return client.seen().size() >= seen + 60; }));
  EXPECT_EQ(counter.keys(), 1);
}

TEST_P(FramesTest, StartAgainWithAKeyFrameOnRequest) {
  RunningSource source(GetParam());
  ServerEnd server(source.pipeline(), GetParam(), teardown_);
  ClientEnd client(teardown_);
  ASSERT_TRUE(Connect(server, client));
  ASSERT_TRUE(AwaitAnswers(server, client, 5));
  const KeyFrameCounter counter(source.pipeline().fanout());
  ASSERT_TRUE(RunUntil([&] { return counter.frames() >= 30; }));
  EXPECT_EQ(counter.keys(), 0) << "nobody asked for it";
  client.RequestKeyFrame();
  EXPECT_TRUE(RunUntil([&] { return counter.keys() == 1; }));
  const size_t seen = client.seen().size();
  EXPECT_TRUE(RunUntil([&] { return client.seen().size() >= seen + 10; }));
}

}  // namespace
}  // namespace ball
