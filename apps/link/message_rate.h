// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <mutex>
#include <optional>

namespace ball {

// Holds a peer to so many messages a second, of which a second's worth may come at once: what was
// held up on the way comes in a burst. Once a peer is over it, nothing passes any more. Any thread.
class MessageRate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  enum class Verdict {
    kPasses,
    kOver,     // this one is the first that is too much
    kBlocked,  // one before it was
  };

  // 0: no limit.
  explicit MessageRate(size_t per_second) : per_second_(static_cast<double>(per_second)) {}
  MessageRate(const MessageRate&) = delete;
  MessageRate& operator=(const MessageRate&) = delete;

  // A message came; `now` does not go back.
  Verdict Add(Time now);

 private:
  const double per_second_;
  std::mutex lock_;
  // How many messages are above a steady pace, as a bucket that leaks.
  double level_ = 0;
  std::optional<Time> last_;
  bool over_ = false;
};

}  // namespace ball
