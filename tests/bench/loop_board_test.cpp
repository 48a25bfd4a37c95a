// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/loop_board.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace ball {
namespace {

using std::chrono::milliseconds;
using Times = std::vector<double>;

constexpr LoopBoard::Clock::time_point kStart{milliseconds(1000)};
constexpr RtpTimestamp kFirst{4294967000};
constexpr RtpTimestamp kSecond{2704};

class LoopBoardTest : public testing::Test {
 protected:
  void Send(RtpTimestamp id, milliseconds drawn) {
    board_.Drawn(kStart + drawn);
    board_.Sent(id, kStart + drawn + milliseconds(1));
  }
  Times Loops(milliseconds since = milliseconds(0)) const {
    return board_.TookMs(kStart + since, LoopBoard::kDrawn, LoopBoard::kAnswered);
  }

  LoopBoard& board_ = *LoopBoard::Make();
};

TEST_F(LoopBoardTest, TimesAFrameFromOneStampToAnother) {
  Send(kFirst, milliseconds(0));
  board_.Set(LoopBoard::kArrived, kFirst, kStart + milliseconds(3));
  board_.Set(LoopBoard::kAnswered, kFirst, kStart + milliseconds(7));
  EXPECT_EQ(Loops(), Times{7});
  EXPECT_EQ(board_.TookMs(kStart, LoopBoard::kDrawn, LoopBoard::kSent), Times{1});
  EXPECT_EQ(board_.TookMs(kStart, LoopBoard::kSent, LoopBoard::kArrived), Times{2});
}

TEST_F(LoopBoardTest, AFrameThatIsDrawnBeforeTheAnswerToAnotherShortensNothing) {
  Send(kFirst, milliseconds(0));
  Send(kSecond, milliseconds(33));
  board_.Set(LoopBoard::kAnswered, kFirst, kStart + milliseconds(40));
  board_.Set(LoopBoard::kAnswered, kSecond, kStart + milliseconds(45));
  EXPECT_EQ(Loops(), (Times{40, 12}));
}

TEST_F(LoopBoardTest, OnlyTheFirstPacketOfAFrameSendsIt) {
  Send(kFirst, milliseconds(0));
  board_.Drawn(kStart + milliseconds(33));
  board_.Sent(kFirst, kStart + milliseconds(34));
  board_.Sent(kSecond, kStart + milliseconds(35));
  for (const RtpTimestamp id : {kFirst, kSecond}) {
    board_.Set(LoopBoard::kAnswered, id, kStart + milliseconds(50));
  }
  EXPECT_EQ(board_.TookMs(kStart, LoopBoard::kDrawn, LoopBoard::kSent), (Times{1, 2}));
}

TEST_F(LoopBoardTest, OnlyTheFirstStampOfAKindCounts) {
  Send(kFirst, milliseconds(0));
  board_.Set(LoopBoard::kAnswered, kFirst, kStart + milliseconds(5));
  board_.Set(LoopBoard::kAnswered, kFirst, kStart + milliseconds(9));
  EXPECT_EQ(Loops(), Times{5});
}

TEST_F(LoopBoardTest, NothingIsToldOfWhatWasNotAnsweredOrNotDrawnSince) {
  Send(kFirst, milliseconds(0));
  Send(kSecond, milliseconds(33));
  board_.Set(LoopBoard::kAnswered, kFirst, kStart + milliseconds(5));
  EXPECT_EQ(Loops(), Times{5});
  EXPECT_EQ(Loops(milliseconds(1)), Times{});
}

TEST_F(LoopBoardTest, AnIdentityThatWasNeverSentChangesNothing) {
  board_.Sent(kFirst, kStart);
  board_.Set(LoopBoard::kAnswered, kFirst, kStart);
  Send(kSecond, milliseconds(0));
  board_.Set(LoopBoard::kAnswered, kFirst, kStart + milliseconds(5));
  EXPECT_EQ(Loops(), Times{});
}

TEST_F(LoopBoardTest, TheOldestIsForgottenWhereThereIsNoRoom) {
  for (uint32_t i = 0; i <= LoopBoard::kRoom; ++i) Send(RtpTimestamp{i}, milliseconds(i));
  board_.Set(LoopBoard::kAnswered, RtpTimestamp{0}, kStart + milliseconds(LoopBoard::kRoom));
  EXPECT_EQ(Loops(), Times{});
  board_.Set(LoopBoard::kAnswered, RtpTimestamp{1}, kStart + milliseconds(5));
  EXPECT_EQ(Loops(), Times{4});
}

TEST_F(LoopBoardTest, AnotherProcessWritesToIt) {
  Send(kFirst, milliseconds(0));
  const pid_t other = fork();
  ASSERT_GE(other, 0);
  if (other == 0) {
    board_.Set(LoopBoard::kAnswered, kFirst, kStart + milliseconds(5));
    std::_Exit(0);
  }
  ASSERT_EQ(waitpid(other, nullptr, 0), other);
  EXPECT_EQ(Loops(), Times{5});
}

}  // namespace
}  // namespace ball
