// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <set>

#include "apps/server-app/processor_times.h"

namespace ball {

// How much of the machine this process may use and nobody uses: its processors (affinity), less
// what is busy on them while this object watches, and no more than its control group is allowed.
// Any thread.
class MachineLoad {
 public:
  // Begins to watch.
  MachineLoad();

  // How many it may use at all.
  double usable_processors() const;
  // How many of them were idle, but for this process. Watches for 100 ms at least: waits for what
  // is left of them.
  double IdleProcessors() const;

 private:
  const std::chrono::steady_clock::time_point started_;
  const double own_before_;
  const ProcessorTimes before_;
  const std::set<int> processors_;
  const double limit_;
};

}  // namespace ball
