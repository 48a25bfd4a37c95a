// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

namespace ball {

// What a session's network took, as the bit rate controller saw it.
struct NetworkReport {
  int lowest_rate = 0;  // bit/s
  int last_rate = 0;
  size_t cuts = 0;                                // how often the rate was lowered
  std::chrono::duration<double> longest_queue{};  // that frames and answers waited in
  // As the last receiver report said; nothing where there was none.
  std::optional<std::chrono::duration<double>> round_trip;
  // The share of the last hundred packets, 0 to 1 (of the last report's, while no frame is
  // answered); nothing where fewer were sent.
  std::optional<double> lost;
};

}  // namespace ball
