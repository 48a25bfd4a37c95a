// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace ball {

// Tells, from when a source last delivered a frame, what there is to say about one that delivers
// none. Times are arguments. One thread at a time.
class SourceWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Limits {
    // From the start to the first frame: a camera far away may take some.
    std::chrono::milliseconds first{10000};
    // Between frames: far above any frame rate in use.
    std::chrono::milliseconds silence{3000};
  };

  struct Events {
    // A line for the log: it has become silent, or it is back.
    std::function<void(const std::string&)> on_note;
    // There was no first frame: one sentence.
    std::function<void(const std::string&)> on_never;
  };

  SourceWatch(const Limits& limits, Events events, Time started);

  // To be called again and again. `delivered` is when the last frame came; nothing before the
  // first.
  void Look(const std::optional<Time>& delivered, Time now);

 private:
  void LookForFirst(Time now);

  const Limits limits_;
  const Events events_;
  const Time started_;
  bool never_told_ = false;
  // The last frame before the silence that was told.
  std::optional<Time> silent_since_;
};

}  // namespace ball
