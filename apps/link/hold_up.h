// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <optional>

namespace ball {

// How long frames were held up on their way: when each came, minus its timestamp, against the most
// punctual one of the last seconds. The two may count from different origins.
//
// A jitter buffer that waited for a packet lets go of many frames at once: the first of them is the
// latest, and the last is in time. So the longest of the last moment is told.
//
// One thread at a time.
class HoldUp {
 public:
  // 0 or more. `came` must not go backwards.
  std::chrono::nanoseconds Of(std::chrono::nanoseconds came, std::chrono::nanoseconds timestamp);

 private:
  // The least is that of the current window and the one before.
  static constexpr std::chrono::seconds kWindow{5};
  static constexpr std::chrono::milliseconds kMoment{500};

  std::chrono::nanoseconds window_began_{};
  std::optional<std::chrono::nanoseconds> least_;
  std::optional<std::chrono::nanoseconds> least_before_;
  std::chrono::nanoseconds longest_{};
  std::chrono::nanoseconds longest_until_{};
};

}  // namespace ball
