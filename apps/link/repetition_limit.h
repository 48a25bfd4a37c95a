// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace ball {

// How much is sent again of what the peer says it misses. It asks for each packet every 40 ms until
// it comes, which on a full network would be most of what is sent: then even more is lost.
//
//   the same packet      again after a quarter of a round trip at the earliest, and 40 ms
//   all of them          a quarter of the bit rate, and what half a second of that is at once
//
// Times are arguments. One thread at a time.
class RepetitionLimit {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  // What the peer's network takes, bit/s.
  void SetRate(int rate) { rate_ = rate; }
  void SetRoundTrip(std::chrono::nanoseconds round_trip) { round_trip_ = round_trip; }

  // Whether that packet is to be sent again, as it is asked for.
  bool Allows(uint16_t number, Instant now);

 private:
  struct Repeated {
    uint16_t number;
    Instant at;
  };

  bool HasRoom(Instant now);

  int rate_ = 2000000;
  std::chrono::nanoseconds round_trip_{};
  // Of late, the oldest first.
  std::deque<Repeated> repeated_;
  // Packets that may be repeated now.
  double room_ = 0;
  Instant room_at_{};
};

}  // namespace ball
