// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "tests/network/crossing.h"
#include "tests/network/link.h"
#include "tests/process/file.h"

namespace ball {

// Carries IP packets between two TUN interfaces, each way over a link of its own. It reads the
// clock, and does nothing to a packet but what the links say. Main thread only.
class Impairer : public Crossing {
 public:
  struct Side {
    // What this side sends is impaired so.
    Impairment sends;
    // Opened without blocking; stays its owner's.
    int tun = -1;
  };

  // The first side's packets go to the second one, and the other way round.
  Impairer(const std::array<Side, 2>& sides, uint64_t seed);

  const char* name() const override { return "impairer"; }
  bool Run(int signals, const std::function<bool()>& on_signal) override;
  void BlackOut(std::chrono::nanoseconds length) override;
  std::string Counts() const override;

 private:
  void TakeFrom(size_t side);
  void Deliver();
  bool SetTimer();

  std::array<Link, 2> links_;
  std::array<int, 2> tuns_;
  // Written to an interface that did not take them.
  std::array<uint64_t, 2> refused_{};
  const File timer_;
};

}  // namespace ball
