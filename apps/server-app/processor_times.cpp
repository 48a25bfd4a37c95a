// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/processor_times.h"

#include <algorithm>
#include <limits>
#include <sstream>

namespace ball {
namespace {

constexpr int kIdleColumn = 3;
constexpr int kDiskColumn = 4;
// What follows, of guests, is counted in the first ones already.
constexpr int kColumns = 8;

constexpr double kNoLimit = std::numeric_limits<double>::infinity();

ProcessorTime ReadColumns(std::istream& columns) {
  ProcessorTime time;
  double ticks = 0;
  for (int column = 0; column < kColumns && columns >> ticks; ++column) {
    time.all += ticks;
    if (column == kIdleColumn || column == kDiskColumn) time.idle += ticks;
  }
  return time;
}

double IdleShare(const ProcessorTime& before, const ProcessorTime& after) {
  const double all = after.all - before.all;
  return all <= 0 ? 1 : std::clamp((after.idle - before.idle) / all, 0.0, 1.0);
}

}  // namespace

ProcessorTimes ParseProcessorTimes(const std::string& proc_stat) {
  ProcessorTimes times;
  std::istringstream lines(proc_stat);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    int number = 0;
    words >> name;
    if (name.rfind("cpu", 0) != 0 || !(std::istringstream(name.substr(3)) >> number)) continue;
    times[number] = ReadColumns(words);
  }
  return times;
}

double IdleProcessors(const ProcessorTimes& before, const ProcessorTimes& after,
                      const std::set<int>& usable) {
  double idle = 0;
  for (const int number : usable) {
    const auto from = before.find(number);
    const auto to = after.find(number);
    idle += from == before.end() || to == after.end() ? 1 : IdleShare(from->second, to->second);
  }
  return idle;
}

double ParseProcessorLimit(const std::string& cpu_max) {
  std::istringstream words(cpu_max);
  double most = 0;
  double period = 0;
  if (!(words >> most >> period) || most <= 0 || period <= 0) return kNoLimit;
  return most / period;
}

std::string ParseControlGroup(const std::string& proc_self_cgroup) {
  std::istringstream lines(proc_self_cgroup);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("0::/", 0) == 0) return line.substr(3);
  }
  return "/";
}

}  // namespace ball
