// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/loop_board.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace ball {

LoopBoard* LoopBoard::Make() {
  void* memory =
      mmap(nullptr, sizeof(LoopBoard), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : new (memory) LoopBoard;
}

void LoopBoard::Drawn(Clock::time_point now) {
  Frame& frame = frames_[drawn_ % kRoom];
  frame.id = -1;
  for (auto& stamp : frame.at) stamp = 0;
  frame.at[kDrawn] = now.time_since_epoch().count();
  ++drawn_;
}

void LoopBoard::Sent(RtpTimestamp id, Clock::time_point now) {
  const uint32_t sent = sent_;
  if (sent > 0 && frames_[(sent - 1) % kRoom].id == id.value) return;
  if (sent == drawn_) return;
  Frame& frame = frames_[sent % kRoom];
  frame.at[kSent] = now.time_since_epoch().count();
  frame.id = id.value;
  ++sent_;
}

void LoopBoard::Set(Stamp stamp, RtpTimestamp id, Clock::time_point now) {
  const uint32_t sent = sent_;
  for (uint32_t back = 1; back <= std::min(sent, kRoom); ++back) {
    Frame& frame = frames_[(sent - back) % kRoom];
    if (frame.id != id.value) continue;
    int64_t none = 0;
    frame.at[stamp].compare_exchange_strong(none, now.time_since_epoch().count());
    return;
  }
}

std::vector<double> LoopBoard::TookMs(Clock::time_point since, Stamp from, Stamp to) const {
  std::vector<double> took;
  for (const Frame& frame : frames_) {
    if (frame.at[kAnswered] == 0 || frame.at[kDrawn] < since.time_since_epoch().count()) continue;
    const Clock::duration time(frame.at[to] - frame.at[from]);
    took.push_back(std::chrono::duration<double, std::milli>(time).count());
  }
  return took;
}

}  // namespace ball
