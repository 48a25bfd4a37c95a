// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "tests/network/impairment.h"

namespace ball {

// One direction of a bad network: packets go in, and come out later, twice, out of order, or not at
// all. What happens to the packet of a number depends on the seed alone, each misfortune drawn from
// a sequence of its own, so that another delay loses the same packets. Time is an argument, and
// never goes back. Main thread only.
class Link {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  using Packet = std::vector<uint8_t>;

  // Each packet sent is in one of these, but for those on their way:
  // sent + duplicated = delivered + lost + overflowed + blacked_out
  struct Counts {
    uint64_t sent = 0;
    uint64_t delivered = 0;
    uint64_t lost = 0;
    // Found no room in the queue before the rate limit.
    uint64_t overflowed = 0;
    uint64_t blacked_out = 0;
    uint64_t duplicated = 0;
    // Held back, so that others overtook them.
    uint64_t reordered = 0;
  };

  Link(const Impairment& impairment, uint64_t seed, Instant start);

  void Send(Packet packet, Instant now);
  // When Receive has something; none where nothing is on its way.
  std::optional<Instant> NextDue() const;
  // The next packet that has arrived by now.
  std::optional<Packet> Receive(Instant now);
  // Nothing that is sent before then arrives.
  void BlackOut(Instant until) { dark_until_ = until; }

  const Counts& counts() const { return counts_; }

 private:
  // A sequence of numbers from 0 to under 1.
  class Chance {
   public:
    Chance(uint64_t seed, uint32_t misfortune);
    double Draw();

   private:
    std::mt19937_64 generator_;
  };

  struct InFlight {
    Instant due;
    uint64_t number;
    Packet packet;
  };

  static bool ArrivesLater(const InFlight& one, const InFlight& other) {
    return one.due != other.due ? one.due > other.due : one.number > other.number;
  }

  bool IsDark(Instant now) const;
  bool IsLost();
  // When a packet has passed the rate limit; none where the queue is full.
  std::optional<Instant> Departure(size_t bytes, Instant now);
  Impairment::Duration Jitter(Instant now);
  void Fly(Packet packet, Instant due);

  const Impairment impairment_;
  const Instant start_;
  Chance loss_;
  Chance duplication_;
  Chance reordering_;
  Chance jittering_;
  bool losing_ = false;
  // Until then the packets let through so far use the rate up.
  Instant spent_until_;
  Instant dark_until_;
  Instant jitter_drawn_;
  Impairment::Duration jitter_{-1};
  // When the latest of those in order arrives.
  Instant last_due_;
  uint64_t next_number_ = 0;
  // A heap, the next to arrive in front.
  std::vector<InFlight> in_flight_;
  Counts counts_;
};

}  // namespace ball
