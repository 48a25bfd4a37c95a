// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/network/link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace ball {
namespace {

using testing::ElementsAre;
using testing::Ge;
using testing::IsEmpty;
using testing::Le;
using namespace std::chrono_literals;
using Instant = Link::Instant;
using Duration = Impairment::Duration;

constexpr Instant kStart = Instant(1000s);

struct Arrival {
  uint32_t number;
  Instant sent;
  Instant came;
  Duration took() const { return came - sent; }
};

Link::Packet Numbered(uint32_t number, size_t bytes) {
  Link::Packet packet(bytes);
  for (size_t i = 0; i < 4; ++i) packet[i] = static_cast<uint8_t>(number >> (8 * i));
  return packet;
}

uint32_t NumberOf(const Link::Packet& packet) {
  return packet[0] | packet[1] << 8 | packet[2] << 16 | static_cast<uint32_t>(packet[3]) << 24;
}

// Sends packets at equal distances, takes each out when it is due, and says what came.
class Journey {
 public:
  explicit Journey(const std::string& settings, uint64_t seed = 1)
      : link_(*ParseImpairment(settings).impairment, seed, kStart) {}

  Journey& Send(uint32_t packets, Duration distance = 1ms, size_t bytes = 1000) {
    for (uint32_t i = 0; i < packets; ++i) {
      TakeUntil(now_);
      sent_.push_back(now_);
      link_.Send(Numbered(static_cast<uint32_t>(sent_.size() - 1), bytes), now_);
      now_ += distance;
    }
    return *this;
  }
  std::vector<Arrival> Arrivals() {
    TakeUntil(now_ + 1h);
    return arrivals_;
  }
  std::vector<uint32_t> Numbers() {
    std::vector<uint32_t> numbers;
    for (const Arrival& arrival : Arrivals()) numbers.push_back(arrival.number);
    return numbers;
  }
  Link& link() { return link_; }
  Instant now() const { return now_; }

 private:
  void TakeUntil(Instant until) {
    for (auto due = link_.NextDue(); due && *due <= until; due = link_.NextDue()) {
      EXPECT_FALSE(link_.Receive(*due - 1ns));
      while (const auto packet = link_.Receive(*due)) {
        const uint32_t number = NumberOf(*packet);
        arrivals_.push_back({number, sent_[number], *due});
      }
    }
  }

  Link link_;
  Instant now_ = kStart;
  std::vector<Instant> sent_;
  std::vector<Arrival> arrivals_;
};

double MeanRun(const std::vector<uint32_t>& arrived, uint32_t sent) {
  double lost = 0;
  double runs = 0;
  uint32_t expected = 0;
  for (const uint32_t number : arrived) {
    if (number > expected) ++runs;
    lost += number - expected;
    expected = number + 1;
  }
  lost += sent - expected;
  return lost / runs;
}

TEST(LinkTest, PassesEverythingOnAtOnceWhereNothingIsSet) {
  const auto arrivals = Journey("").Send(1000).Arrivals();
  ASSERT_EQ(arrivals.size(), 1000U);
  for (uint32_t i = 0; i < arrivals.size(); ++i) {
    EXPECT_EQ(arrivals[i].number, i);
    EXPECT_EQ(arrivals[i].took(), 0ns);
  }
}

TEST(LinkTest, DeliversPacketsUnchanged) {
  Link link({}, 1, kStart);
  link.Send({1, 2, 3}, kStart);
  EXPECT_THAT(link.Receive(kStart).value(), ElementsAre(1, 2, 3));
  EXPECT_FALSE(link.Receive(kStart));
  EXPECT_FALSE(link.NextDue());
}

TEST(LinkTest, LosesThePartOfThePacketsThatItShall) {
  Journey journey("loss=5");
  const auto arrived = journey.Send(20'000).Numbers();
  EXPECT_NEAR(arrived.size(), 19'000, 200);
  EXPECT_EQ(journey.link().counts().lost + arrived.size(), 20'000U);
  EXPECT_NEAR(MeanRun(arrived, 20'000), 1 / 0.95, 0.05);
}

TEST(LinkTest, LosesInBurstsAsOftenInTheMean) {
  const auto arrived = Journey("loss=5,burst=4").Send(50'000).Numbers();
  EXPECT_NEAR(arrived.size(), 47'500, 600);
  EXPECT_NEAR(MeanRun(arrived, 50'000), 4, 0.4);
}

TEST(LinkTest, LosesEverythingAtAHundredPercent) {
  EXPECT_THAT(Journey("loss=100").Send(1000).Numbers(), IsEmpty());
}

TEST(LinkTest, LosesTheSamePacketsForTheSameSeedWhateverElseIsSet) {
  const auto alone = Journey("loss=5", 7).Send(2000).Numbers();
  EXPECT_EQ(Journey("loss=5,delay=20,jitter=10", 7).Send(2000, 3ms).Numbers(), alone);
  EXPECT_NE(Journey("loss=5", 8).Send(2000).Numbers(), alone);
}

TEST(LinkTest, DelaysEachPacketAlike) {
  for (const Arrival& arrival : Journey("delay=50").Send(100).Arrivals()) {
    EXPECT_EQ(arrival.took(), 50ms);
  }
}

TEST(LinkTest, JitterAddsUpToItsLimitAndKeepsTheOrder) {
  const auto arrivals = Journey("delay=50,jitter=30").Send(2000, 10ms).Arrivals();
  ASSERT_EQ(arrivals.size(), 2000U);
  Duration least = 1h;
  Duration most{};
  for (uint32_t i = 0; i < arrivals.size(); ++i) {
    EXPECT_EQ(arrivals[i].number, i);
    least = std::min(least, arrivals[i].took());
    most = std::max(most, arrivals[i].took());
  }
  EXPECT_THAT(least, testing::AllOf(Ge(50ms), Le(52ms)));
  EXPECT_THAT(most, testing::AllOf(Ge(78ms), Le(80ms)));
}

TEST(LinkTest, JitterIsAlikeForPacketsSentTogether) {
  const auto arrivals = Journey("jitter=30").Send(20, 1us).Arrivals();
  for (const Arrival& arrival : arrivals)
    EXPECT_EQ(arrival.came, arrivals.front().came + 1us * arrival.number);
}

TEST(LinkTest, HeldBackPacketsAreOvertakenAndNoneIsLost) {
  Journey journey("delay=10,reorder=5:20");
  const auto arrivals = journey.Send(2000, 5ms).Arrivals();
  ASSERT_EQ(arrivals.size(), 2000U);
  uint64_t late = 0;
  for (const Arrival& arrival : arrivals) {
    EXPECT_TRUE(arrival.took() == 10ms || arrival.took() == 30ms);
    if (arrival.took() == 30ms) ++late;
  }
  EXPECT_NEAR(late, 100, 40);
  EXPECT_EQ(journey.link().counts().reordered, late);
  EXPECT_FALSE(std::ranges::is_sorted(journey.Numbers()));
}

TEST(LinkTest, DuplicatesComeBesideTheirOriginals) {
  Journey journey("duplicate=10");
  auto numbers = journey.Send(2000).Numbers();
  EXPECT_NEAR(numbers.size(), 2200, 60);
  EXPECT_EQ(journey.link().counts().duplicated, numbers.size() - 2000);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  EXPECT_EQ(numbers.size(), 2000U);
}

TEST(LinkTest, RateSpreadsPacketsOut) {
  // 1250 bytes are 10 kbit: 20 ms at 500 kbit/s. A bucket full of 1500 bytes lets the first one
  // pass.
  const auto arrivals = Journey("rate=500,queue=1000").Send(10, 0ms, 1250).Arrivals();
  ASSERT_EQ(arrivals.size(), 10U);
  EXPECT_EQ(arrivals.front().took(), 0ms);
  for (size_t i = 2; i < arrivals.size(); ++i) {
    EXPECT_EQ(arrivals[i].came - arrivals[i - 1].came, 20ms);
  }
}

TEST(LinkTest, RateDoesNotSlowDownWhatIsBelowIt) {
  for (const Arrival& arrival : Journey("rate=500").Send(100, 20ms, 1250).Arrivals()) {
    EXPECT_EQ(arrival.took(), 0ms);
  }
}

TEST(LinkTest, QueueIsAsLongAsItShallBeAndTheRestIsLost) {
  Journey journey("rate=500,queue=200");
  const auto arrivals = journey.Send(500, 1ms, 1250).Arrivals();
  // 499 ms at 500 kbit/s and the 200 ms that the queue holds, in packets of 20 ms.
  EXPECT_NEAR(arrivals.size(), 35, 2);
  EXPECT_EQ(journey.link().counts().overflowed + arrivals.size(), 500U);
  for (const Arrival& arrival : arrivals) EXPECT_LE(arrival.took(), 200ms);
}

TEST(LinkTest, NothingArrivesOfWhatIsSentInABlackout) {
  Journey journey("blackout=1:2");
  const auto arrivals = journey.Send(500, 10ms).Arrivals();
  EXPECT_EQ(arrivals.size(), 300U);
  EXPECT_EQ(journey.link().counts().blacked_out, 200U);
  for (const Arrival& arrival : arrivals) {
    EXPECT_TRUE(arrival.sent < kStart + 1s || arrival.sent >= kStart + 3s);
  }
}

TEST(LinkTest, BlackoutCanBeAskedFor) {
  Journey journey("");
  journey.Send(10, 1ms).link().BlackOut(journey.now() + 5ms);
  EXPECT_THAT(journey.Send(10, 1ms).Numbers(),
              ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 18, 19));
}

TEST(LinkTest, CountsBalance) {
  Journey journey(
      "loss=5,burst=2,delay=20,jitter=30,reorder=3:10,duplicate=2,rate=5000,blackout=1:1");
  const auto arrived = journey.Send(5000).Numbers();
  const Link::Counts& counts = journey.link().counts();
  EXPECT_EQ(counts.sent, 5000U);
  EXPECT_EQ(counts.delivered, arrived.size());
  EXPECT_GT(counts.overflowed, 0U);
  EXPECT_EQ(counts.sent + counts.duplicated,
            counts.delivered + counts.lost + counts.overflowed + counts.blacked_out);
}

}  // namespace
}  // namespace ball
