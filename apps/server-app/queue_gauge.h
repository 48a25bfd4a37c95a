// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <deque>
#include <optional>

#include "apps/compare/instant.h"

namespace ball {

// How long things wait in a network's queue, from how long they are under way: the shortest of the
// last moment against the shortest of the last half minute. So neither jitter nor one that waited
// for something else is taken for a queue. Times are arguments. One thread at a time.
class QueueGauge {
 public:
  // Something that set out or arrived at that time was under way for so long.
  void Add(Instant at, std::chrono::nanoseconds travel);

  // Nothing where nothing was under way since `begin`; what was before that is forgotten. `known`:
  // what things are under way at the most where there is no queue, as far as that is known.
  std::optional<std::chrono::nanoseconds> WaitSince(
      Instant begin, const std::optional<std::chrono::nanoseconds>& known = {});

  // The shortest travel of the last half minute; zero where there was none.
  std::chrono::nanoseconds Least() const;

 private:
  struct Sample {
    Instant at;
    std::chrono::nanoseconds travel;
  };

  std::deque<Sample> samples_;  // of the last moment
  std::deque<Sample> least_;    // of the last half minute, in parts that began then
};

}  // namespace ball
