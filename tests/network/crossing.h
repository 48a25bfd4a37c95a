// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace ball {

// What carries packets between the two networks, and impairs them on the way. Main thread only.
class Crossing {
 public:
  Crossing() = default;
  virtual ~Crossing() = default;
  Crossing(const Crossing&) = delete;
  Crossing& operator=(const Crossing&) = delete;

  // As users call it.
  virtual const char* name() const = 0;

  // Carries packets until `signals`, which is polled, is readable and `on_signal` returns false.
  // False, with errno, where that cannot be.
  virtual bool Run(int signals, const std::function<bool()>& on_signal) = 0;

  // Nothing that is sent in the next `length` arrives.
  virtual void BlackOut(std::chrono::nanoseconds length) = 0;

  // What became of the packets, as one JSON object.
  virtual std::string Counts() const = 0;
};

}  // namespace ball
