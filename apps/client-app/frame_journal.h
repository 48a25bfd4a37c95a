// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>

#include "apps/wire/coordinate_message.h"
#include "apps/wire/locator_message.h"
#include "plugins/ballmeta.h"
#include "plugins/rtp_timestamp.h"

namespace ball {

// What the client knows of the frames under way: when each arrived and was decoded, what was
// located in it, and what the server says is in it. The last kMaxFrames are remembered. Any thread.
class FrameJournal {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Over two seconds at 120 frames a second.
  static constexpr size_t kMaxFrames = 256;

  // A packet arrived; the first one of a frame counts.
  void Arrived(RtpTimestamp id, Time time);
  void Decoded(RtpTimestamp id, Time time);

  // Whether this answers a frame that is known and was not answered before: a locator answers only
  // frames that it was given.
  bool Awaits(const LocatorMessage& located) const;

  // The message for the server about a located frame, "sent" being `now`; nothing if it is not
  // awaited.
  std::optional<CoordinateMessage> Answer(const LocatorMessage& located, Time now);

  // The server says where the ball is in a frame, which may come before or after this. The last
  // kMaxFrames are remembered.
  void Told(RtpTimestamp id, const Ball& truth);

  // What was located in a frame, nothing if not (yet) known or not found.
  std::optional<LocatedBall> Find(RtpTimestamp id) const;

  // What the server says of a frame, nothing if it has not (yet).
  std::optional<Ball> FindTruth(RtpTimestamp id) const;

  // Frames that were decoded, so far.
  size_t decoded() const;

 private:
  struct Entry {
    RtpTimestamp id;
    Time arrived;
    std::optional<Time> decoded;
    bool answered = false;
    std::optional<LocatedBall> ball;
  };

  struct Truth {
    RtpTimestamp id;
    Ball ball;
  };

  Entry* FindEntry(RtpTimestamp id);
  const Entry* FindEntry(RtpTimestamp id) const;
  const Entry* FindAwaited(const LocatorMessage& located) const;

  mutable std::mutex lock_;
  std::deque<Entry> entries_;
  std::deque<Truth> truths_;
  size_t decoded_ = 0;
};

}  // namespace ball
