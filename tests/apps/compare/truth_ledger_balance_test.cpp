// SPDX-License-Identifier: LGPL-2.1-or-later
// That nothing is lost or counted twice, whatever happens in whatever order.
#include <gtest/gtest.h>

#include <random>
#include <thread>
#include <vector>

#include "apps/compare/truth_ledger.h"
#include "tests/apps/compare/ledger_scene.h"

namespace ball {
namespace {

// Random frames and messages of one ledger. Time mostly goes forwards.
class RandomPeer {
 public:
  explicit RandomPeer(uint32_t seed) : random_(seed) {}

  void Step(TruthLedger& ledger) {
    now_ms_ += Mostly(2) ? Below(30) : -Below(5);
    switch (Below(8)) {
      case 0:
      case 1:
      case 2:
        Send(ledger);
        break;
      case 3:
        ledger.ReceiveMalformed();
        break;
      default:
        Answer(ledger);
    }
  }

 private:
  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint32_t>(limit)); }
  bool Mostly(int n) { return Below(n) != 0; }  // false once in n times

  void Send(TruthLedger& ledger) {
    // Few enough timestamps that they are reused while remembered.
    SentFrame frame{RtpTimestamp{static_cast<uint32_t>(Below(200))}, std::nullopt, Ms(now_ms_),
                    Ms(now_ms_ + Below(5) - 1)};
    if (Mostly(5)) {
      frame.truth = Ball{static_cast<double>(Below(600)), 1, 1};
    }
    ledger.FrameDrawn(Drawn(frame));
    if (Mostly(5)) {
      ledger.FrameSent(frame);
    }
  }

  void Answer(TruthLedger& ledger) {
    std::optional<uint32_t> id;
    if (Mostly(6)) {
      id = static_cast<uint32_t>(Below(210));
    }
    CoordinateMessage message = Mostly(4) ? FoundAt(id, Below(600)) : NotFound(id);
    if (Mostly(3)) {
      message.stages = StageTimes{};
      message.arrived = std::chrono::microseconds(Below(1'000'000));
    }
    ledger.Receive(message, Ms(now_ms_ + Below(300)));
  }

  std::mt19937 random_;
  double now_ms_ = 0;
};

constexpr LedgerSettings kHasty{.late_after = std::chrono::milliseconds(100),
                                .forget_after = std::chrono::milliseconds(700)};

TEST(TruthLedgerBalanceTest, BalancesAfterEveryStepOfARandomSession) {
  for (uint32_t seed = 0; seed < 5; ++seed) {
    TruthLedger ledger(kHasty);
    RandomPeer peer(seed);
    for (int step = 0; step < 3000; ++step) {
      peer.Step(ledger);
      const LedgerTotals totals = ledger.Totals();
      ExpectBalanced(totals.frames);
      ExpectBalanced(totals.messages);
      ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed << " step " << step;
    }
  }
}

TEST(TruthLedgerBalanceTest, EndsWithARecordForEveryFrameAndNoNegativeTime) {
  TruthLedger ledger({kHasty.late_after, kHasty.forget_after, 1'000'000});
  RandomPeer peer(99);
  for (int step = 0; step < 10'000; ++step) {
    peer.Step(ledger);
  }
  ledger.Close(Ms(1e7));
  FrameCounts counted;
  for (const FrameRecord& record : ledger.TakeFinished()) {
    ++counted.sent;
    counted.matched += record.fate == Fate::kMatched ? 1 : 0;
    counted.lost += record.fate == Fate::kLost ? 1 : 0;
    EXPECT_GE(record.loop.value_or(std::chrono::nanoseconds(0)).count(), 0);
  }
  const FrameCounts frames = ledger.Summarize().frames;
  EXPECT_EQ(frames.pending, 0U);
  EXPECT_EQ(counted.sent, frames.sent);
  EXPECT_EQ(counted.matched, frames.matched);
  EXPECT_EQ(counted.lost, frames.lost);
}

TEST(TruthLedgerBalanceTest, CountsEachMessageOnceFromManyThreads) {
  constexpr uint32_t kFrames = 2000;
  TruthLedger ledger;
  std::vector<std::thread> threads;
  threads.emplace_back([&ledger] {
    for (uint32_t n = 0; n < kFrames; ++n) {
      ledger.FrameDrawn(Drawn(VisibleFrame(n)));
      ledger.FrameSent(VisibleFrame(n));
    }
  });
  for (int answerer = 0; answerer < 2; ++answerer) {
    threads.emplace_back([&ledger] {
      for (uint32_t n = 0; n < kFrames; ++n) {
        ledger.Receive(FoundAt(n, n), Ms(n * 10.0 + 5));
      }
    });
  }
  threads.emplace_back([&ledger] {
    for (int i = 0; i < 200; ++i) {
      ledger.ReceiveMalformed();
      ledger.Settled();
      ledger.TakeFinished();
      ExpectBalanced(ledger.Summarize().messages);
      ExpectBalanced(ledger.Totals().frames);
    }
  });
  for (std::thread& thread : threads) {
    thread.join();
  }
  ledger.Close(Ms(kFrames * 10.0));
  const LedgerSummary summary = ledger.Summarize();
  EXPECT_EQ(summary.frames.sent, kFrames);
  EXPECT_EQ(summary.messages.received, 2 * kFrames + 200);
  EXPECT_EQ(summary.frames.matched + summary.frames.lost, kFrames);
  EXPECT_EQ(summary.messages.matched, summary.frames.matched);
}

}  // namespace
}  // namespace ball
