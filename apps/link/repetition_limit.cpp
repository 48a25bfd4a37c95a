// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/repetition_limit.h"

#include <algorithm>

namespace ball {
namespace {

constexpr std::chrono::milliseconds kLeastInterval{40};
// Where a round trip is long the peer cannot wait for the loss of one to be noticed.
constexpr int kCopiesUnderWay = 4;
// Each is counted as a whole one: its size is not known.
constexpr double kPacketBits = 8 * 1200;
constexpr double kShare = 0.25;
constexpr double kAtOnce = 0.5;  // s
// Where the rate is low, packets are small.
constexpr double kLeastPackets = 10;  // a second

}  // namespace

bool RepetitionLimit::Allows(uint16_t number, Instant now) {
  const auto interval =
      std::max<std::chrono::nanoseconds>(kLeastInterval, round_trip_ / kCopiesUnderWay);
  while (!repeated_.empty() && now - repeated_.front().at >= interval) repeated_.pop_front();
  const bool under_way =
      std::any_of(repeated_.begin(), repeated_.end(),
                  [number](const Repeated& one) { return one.number == number; });
  if (under_way || !HasRoom(now)) return false;
  repeated_.push_back({number, now});
  return true;
}

bool RepetitionLimit::HasRoom(Instant now) {
  const double packets = std::max(kLeastPackets, kShare * rate_ / kPacketBits);  // a second
  const std::chrono::duration<double> since = now - room_at_;
  room_at_ = now;
  room_ = std::min(kAtOnce * packets, room_ + packets * since.count());
  if (room_ < 1) return false;
  room_ -= 1;
  return true;
}

}  // namespace ball
