// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "plugins/rtp_timestamp.h"

namespace ball {

// What both ends of a bare loop write to, in memory that is one also for processes that are forked
// later: when each frame was where. Many may be under way. Any thread.
class LoopBoard {
 public:
  using Clock = std::chrono::steady_clock;
  // In their order, as the stages that the ledger knows: each ends one but the first.
  enum Stamp : size_t { kDrawn, kSent, kArrived, kDecoded, kLocated, kAnswered, kStamps };
  static constexpr uint32_t kRoom = 1 << 15;  // frames

  // Lives as long as its process. Null where there is no memory.
  static LoopBoard* Make();

  // A frame begins, and the oldest is forgotten where there is no room. Only one thread.
  void Drawn(Clock::time_point now);
  // The next of the drawn ones has a packet, and with its first one that identity. The same thread.
  void Sent(RtpTimestamp id, Clock::time_point now);
  // Only the first time counts; nothing happens to a frame that is not known.
  void Set(Stamp stamp, RtpTimestamp id, Clock::time_point now);

  // How long frames took from one stamp to another, in ms: those that were drawn then or later and
  // have been answered, in their order (until there was no room).
  std::vector<double> TookMs(Clock::time_point since, Stamp from, Stamp to) const;

  // Its process; 0 where there is none.
  std::atomic<pid_t> locator{0};

 private:
  struct Frame {
    std::atomic<int64_t> id{-1};                     // once it is sent
    std::array<std::atomic<int64_t>, kStamps> at{};  // Clock's ticks; 0 before
  };

  std::atomic<uint32_t> drawn_{0};
  std::atomic<uint32_t> sent_{0};
  std::array<Frame, kRoom> frames_{};
};

}  // namespace ball
