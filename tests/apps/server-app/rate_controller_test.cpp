// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/rate_controller.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "tests/apps/server-app/rate_play.h"

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// One that drops what would wait for more than 0.2 s, and takes 20 ms each way.
class ShortQueue {
 public:
  explicit ShortQueue(double capacity) : capacity_(capacity) {}

  // A frame of so many bits. How long its first packet is under way; nothing where that is lost, as
  // what is lost of the others is repeated.
  std::optional<nanoseconds> Carry(double bits) {
    queue_ = std::max(0.0, queue_ - capacity_ / 30);
    std::optional<nanoseconds> first;
    for (double left = bits; left > 0; left -= kPacket) {
      const double packet = std::min(left, kPacket);
      sent_ += packet;
      if (queue_ + packet > 0.2 * capacity_) {
        lost_ += packet;
      } else {
        queue_ += packet;
        if (left == bits) first = milliseconds(40) + Nanoseconds(waited());
      }
    }
    return first;
  }
  double waited() const { return queue_ / capacity_; }  // s
  // Since the last time that was asked.
  double LostShare() { return std::exchange(lost_, 0.0) / std::exchange(sent_, 0.0); }

 private:
  static constexpr double kPacket = 8 * 1000;  // bit

  const double capacity_;
  double queue_ = 0;
  double sent_ = 0;
  double lost_ = 0;
};

TEST(SessionRateTest, KeepsTheFullRateWhereTheNetworkTakesIt) {
  SessionRate session(kLimits);
  Bottleneck network(10e6);
  for (int i = 0; i < 300; ++i) {
    network.Carry(session, At(i * kTick), session.rate());
    Update(session, At(i * kTick), session.rate());
  }
  EXPECT_EQ(session.rate(), kLimits.most);
}

TEST(SessionRateTest, SettlesBelowWhatTheNetworkTakesWithoutAQueue) {
  SessionRate session(kLimits);
  Bottleneck network(500e3);
  double longest = 0;
  double sum = 0;
  for (int i = 0; i < 400; ++i) {
    // Nothing is known before the first second.
    const int rate = i < 3 ? 300000 : session.rate();
    network.Carry(session, At(i * kTick), rate);
    Update(session, At(i * kTick), rate);
    if (i >= 100) longest = std::max(longest, network.waited());
    if (i >= 100) sum += rate;
  }
  EXPECT_LT(longest, 0.3);
  EXPECT_GT(sum / 300, 330e3);
  EXPECT_LT(sum / 300, 510e3);
}

// The mean wait of the last 20 of 30 s over 500 kbit/s. The encoder makes what it is asked for.
double MeanWaitOverAShortQueue(SessionRate& session) {
  ShortQueue network(500e3);
  Reports reports;
  double waited = 0;
  for (int i = 0; i < 900; ++i) {
    const Instant now = At(i * kTick / 3);
    const double bits = session.rate() / 30.0;
    const auto travel = network.Carry(bits);
    // Of its first frames the key frame does not come whole.
    if (travel && i > 30) session.Answered(now + *travel, static_cast<size_t>(bits / 8), travel);
    if (i % 15 == 14) session.Reported(now, reports.Next(network.LostShare(), {}, 50));
    if (i % 3 == 2) Update(session, now, session.rate());
    if (i >= 300) waited += network.waited() / 600;
  }
  return waited;
}

TEST(SessionRateTest, QueueThatIsFullFromTheStartIsSeenByTheHandshake) {
  SessionRate session(kLimits);
  session.PathTook(At(seconds(0)), milliseconds(41));
  EXPECT_LT(MeanWaitOverAShortQueue(session), 0.1);
}

TEST(SessionRateTest, HandshakeThatWasRepeatedDoesNoHarm) {
  SessionRate session(kLimits);
  session.PathTook(At(seconds(0)), seconds(3));
  session.PathTook(At(seconds(0)), milliseconds(41));
  EXPECT_LT(MeanWaitOverAShortQueue(session), 0.1);
}

// Where the path has become longer: for half a minute.
TEST(SessionRateTest, HandshakeIsForgotten) {
  SessionRate session(kLimits);
  session.PathTook(At(seconds(0)), milliseconds(41));
  for (int i = 0; i < 1000; ++i) {
    const Instant now = At(i * kTick);
    session.Answered(now, 8000, milliseconds(300));
    Update(session, now, session.rate());
  }
  EXPECT_EQ(session.rate(), kLimits.most);
}

TEST(SessionRateTest, RandomLossAndRepairsAreNoQueue) {
  SessionRate session(kLimits);
  Reports reports;
  for (int i = 0; i < 300; ++i) {
    // One frame in three waits for a packet that is sent again.
    session.Answered(At(i * kTick), 8000, milliseconds(i % 3 == 0 ? 300 : 100));
    if (i % 5 == 0) session.Reported(At(i * kTick), reports.Next(0.05, milliseconds(100)));
    Update(session, At(i * kTick), kLimits.most);
  }
  EXPECT_EQ(session.rate(), kLimits.most);
}

// Round trips of 300 ms: while frame after frame waits for one packet or another, for two seconds,
// reports are not later than ever.
TEST(SessionRateTest, FramesThatWaitForOneRepetitionAfterTheOtherAreNoQueue) {
  SessionRate session(kLimits);
  Reports reports;
  for (int i = 0; i < 300; ++i) {
    const Instant now = At(i * kTick);
    session.Answered(now, 8000, milliseconds(i % 25 < 5 ? 300 : 700));
    if (i % 5 == 0) session.Reported(now, reports.Next(0.05, milliseconds(300), 30));
    Update(session, now, kLimits.most);
  }
  EXPECT_EQ(session.Report().cuts, 0U);
}

TEST(SessionRateTest, FramesAndReportsThatWaitAreAQueue) {
  SessionRate session(kLimits);
  Reports reports;
  for (int i = 0; i < 40; ++i) {
    const Instant now = At(i * kTick);
    const milliseconds wait(i < 10 ? 0 : 200);
    session.Answered(now, 8000, milliseconds(300) + wait);
    if (i % 5 == 0) session.Reported(now, reports.Next(0, milliseconds(300) + wait, 30));
    Update(session, now, kLimits.most);
  }
  EXPECT_GT(session.Report().cuts, 0U);
}

TEST(SessionRateTest, ReportOfAnOldQueueSaysNothingAboutNow) {
  SessionRate session(kLimits);
  Reports reports;
  for (int i = 0; i < 20; ++i) {
    const Instant now = At(i * kTick);
    ReceiverReport report = reports.Next(0, milliseconds(40), 10);
    // Of a sender report of the time before the queue.
    report.held = i < 10 ? milliseconds(0) : (i - 10) * kTick;
    session.Reported(now, report);
    session.Answered(now, 8000, milliseconds(i < 10 ? 40 : 240));
    Update(session, now, kLimits.most);
  }
  EXPECT_GT(session.Report().cuts, 0U);
}

TEST(SessionRateTest, FewPacketsLostByChanceAreNotMuch) {
  SessionRate session(kLimits);
  Reports reports;
  for (int i = 0; i < 200; ++i) {
    session.Answered(At(i * kTick), 4000, {});
    // 5 %, but of four packets at once one.
    session.Reported(At(i * kTick), reports.Next(i % 5 == 0 ? 0.25 : 0, {}, 4));
    Update(session, At(i * kTick), kLimits.most);
  }
  EXPECT_EQ(session.rate(), kLimits.most);
}

TEST(SessionRateTest, EachReportOfLossCountsWhereNoFrameComesThrough) {
  SessionRate session(kLimits);
  Reports reports;
  // 9 % in the mean: of each key frame a half.
  for (int i = 0; i < 100; ++i) {
    session.Reported(At(i * kTick), reports.Next(i % 6 == 0 ? 0.5 : 0.01, {}, 6));
    Update(session, At(i * kTick), kLimits.most);
  }
  EXPECT_LT(session.rate(), 500000);
}

TEST(SessionRateTest, LowersItWhereMuchIsLost) {
  SessionRate session(kLimits);
  Report(session, At(seconds(1)), 0.5);
  EXPECT_EQ(Update(session, At(seconds(1)), kLimits.most), 1500000);
}

TEST(SessionRateTest, LowersItWhereNothingComesThrough) {
  SessionRate session(kLimits);
  Report(session, At(seconds(0)), 0);
  for (int i = 0; i < 60; ++i) {
    session.Requested(At(i * kTick));
    Update(session, At(i * kTick), kLimits.most);
  }
  EXPECT_EQ(session.rate(), kLimits.least);
}

TEST(SessionRateTest, KeepsItWhereTheClientAsksForNothing) {
  SessionRate session(kLimits);
  Report(session, At(seconds(0)), 0);
  for (int i = 0; i < 60; ++i) Update(session, At(i * kTick), kLimits.most);
  EXPECT_EQ(session.rate(), kLimits.most);
}

// So many packets are missing from the first frame on that no report is ever made.
TEST(SessionRateTest, LowersItWhereTheClientOnlyEverAsks) {
  SessionRate session(kLimits);
  for (int i = 0; i < 60; ++i) {
    session.Requested(At(i * kTick));
    Update(session, At(i * kTick), kLimits.most);
  }
  EXPECT_EQ(session.rate(), kLimits.least);
}

TEST(SessionRateTest, KeepsItWhereTheClientAsksForAMoment) {
  SessionRate session(kLimits);
  for (int i = 0; i < 60; ++i) {
    if (i % 20 < 8) session.Requested(At(i * kTick));
    Update(session, At(i * kTick), kLimits.most);
  }
  EXPECT_EQ(session.rate(), kLimits.most);
}

TEST(SessionRateTest, PausesWhereEvenTheLowestIsTooMuch) {
  SessionRate session(kLimits);
  session.Answered(At(seconds(0)), 1000, milliseconds(20));
  milliseconds pause{};
  for (int i = 1; i < 50; ++i) {
    session.Answered(At(seconds(1) + i * kTick), 100, milliseconds(1500));
    Update(session, At(seconds(1) + i * kTick), kLimits.least);
    pause = std::max(pause, session.Pause());
  }
  EXPECT_EQ(session.rate(), kLimits.least);
  EXPECT_GT(pause, milliseconds(1000));
}

TEST(SessionRateTest, ReportsWhatItSaw) {
  SessionRate session(kLimits);
  EXPECT_EQ(session.Report().lowest_rate, kLimits.most);
  EXPECT_FALSE(session.Report().round_trip);
  EXPECT_FALSE(session.Report().lost);
  session.Answered(At(milliseconds(100)), 125000, milliseconds(20));
  session.Answered(At(milliseconds(900)), 125000, milliseconds(120));
  Update(session, At(seconds(1)), kLimits.most);
  EXPECT_EQ(session.Report().longest_queue, milliseconds(100));
  Reports reports;
  session.Reported(At(seconds(1)), reports.Next(0));
  session.Reported(At(seconds(1)), reports.Next(0.5, milliseconds(60)));
  session.Reported(At(seconds(2)), reports.Next(0.25, milliseconds(40)));
  const NetworkReport report = session.Report();
  // The queue, and twice the losses.
  EXPECT_EQ(report.cuts, 3U);
  EXPECT_EQ(report.lowest_rate, session.rate());
  EXPECT_EQ(report.last_rate, session.rate());
  EXPECT_EQ(report.round_trip, milliseconds(40));
  EXPECT_EQ(report.lost, 0.25);
}

TEST(RateControllerTest, FollowsTheSlowestThatIsHeardOf) {
  RateController controller(kLimits);
  Report(controller.Of(1), At(seconds(1)), 0);
  Report(controller.Of(2), At(seconds(1)), 1);
  EXPECT_EQ(controller.Update(At(seconds(1)), 0), 1000000);
  // It says nothing any more.
  Report(controller.Of(1), At(seconds(4)), 0);
  EXPECT_EQ(controller.Update(At(seconds(4)), 0), kLimits.most);
}

TEST(RateControllerTest, SeesAnEncoderThatMakesMoreThanItIsAskedFor) {
  RateController controller(kLimits);
  size_t bytes = 0;
  for (int i = 0; i < 30; ++i) {
    Report(controller.Of(1), At(i * kTick), 1);
    controller.Update(At(i * kTick), bytes += 500000 / 80);
  }
  EXPECT_TRUE(controller.overshoots());
  for (int i = 30; i < 60; ++i) controller.Update(At(i * kTick), bytes += 100000 / 80);
  EXPECT_FALSE(controller.overshoots());
}

// The encoder was never asked for more than the slowest takes: that says nothing about the others.
TEST(RateControllerTest, WhoWaitsForASlowerOneDoesNotGrow) {
  RateController controller(kLimits);
  Reports slow;
  Reports quick;
  Report(controller.Of(2), At(seconds(0)), 1);
  int before = 0;
  size_t bytes = 0;
  for (int i = 0; i < 600; ++i) {
    controller.Of(1).Reported(At(i * kTick), slow.Next(0.9));
    controller.Of(2).Reported(At(i * kTick), quick.Next(0));
    controller.Update(At(i * kTick), bytes += kLimits.least / 80);
    if (i == 10) before = controller.Of(2).rate();
  }
  EXPECT_EQ(controller.Of(1).rate(), kLimits.least);
  EXPECT_EQ(controller.Of(2).rate(), before);
}

TEST(RateControllerTest, ForgetsWhoLeft) {
  RateController controller(kLimits);
  Report(controller.Of(2), At(seconds(1)), 1);
  controller.Leave(2);
  EXPECT_EQ(controller.Update(At(seconds(1)), 0), kLimits.most);
}

}  // namespace
}  // namespace ball
