// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <set>
#include <string>

// What Linux tells of its processors, in its own text formats (proc(5), cgroup-v2).
namespace ball {

// Since the machine started, in ticks.
struct ProcessorTime {
  double idle = 0;
  double all = 0;
};

// By the processor's number.
using ProcessorTimes = std::map<int, ProcessorTime>;

// /proc/stat: its lines "cpuN USER NICE SYSTEM IDLE IOWAIT IRQ SOFTIRQ STEAL ...". Waiting for a
// disk is idle, and what a hypervisor took is not.
ProcessorTimes ParseProcessorTimes(const std::string& proc_stat);

// How many of the `usable` processors did nothing between the two: 0 to their number. One that is
// not told of counts as idle.
double IdleProcessors(const ProcessorTimes& before, const ProcessorTimes& after,
                      const std::set<int>& usable);

// A control group's "cpu.max", "MAX PERIOD" or "max PERIOD": processors; infinity for no limit or a
// text that is none.
double ParseProcessorLimit(const std::string& cpu_max);

// The path of the process's group in /proc/self/cgroup ("0::/PATH"), "/" where there is none.
std::string ParseControlGroup(const std::string& proc_self_cgroup);

}  // namespace ball
