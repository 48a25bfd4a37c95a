// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/machine_load.h"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <thread>

namespace ball {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kWatch{100};

// Empty where it cannot be read. (Not by its size: files of the kernel have none.)
std::string Read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::set<int> OwnProcessors() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  std::set<int> processors;
  if (sched_getaffinity(0, sizeof mask, &mask) != 0) return {0};
  for (int number = 0; number < CPU_SETSIZE; ++number) {
    if (CPU_ISSET(number, &mask)) processors.insert(number);
  }
  return processors;
}

// The tightest of the group and those that it is in, in the second version's and the first's files.
double GroupLimit() {
  const std::filesystem::path base = "/sys/fs/cgroup";
  double limit = std::numeric_limits<double>::infinity();
  std::filesystem::path group = ParseControlGroup(Read("/proc/self/cgroup"));
  while (true) {
    limit = std::min(limit, ParseProcessorLimit(Read(base / group.relative_path() / "cpu.max")));
    if (group == group.parent_path()) break;
    group = group.parent_path();
  }
  const auto first = base / "cpu";
  return std::min(limit, ParseProcessorLimit(Read(first / "cpu.cfs_quota_us") + " " +
                                             Read(first / "cpu.cfs_period_us")));
}

// Seconds of processor time.
double OwnTime() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

MachineLoad::MachineLoad()
    : started_(steady_clock::now()),
      own_before_(OwnTime()),
      before_(ParseProcessorTimes(Read("/proc/stat"))),
      processors_(OwnProcessors()),
      limit_(GroupLimit()) {}

double MachineLoad::usable_processors() const {
  return std::min(static_cast<double>(processors_.size()), limit_);
}

double MachineLoad::IdleProcessors() const {
  std::this_thread::sleep_until(started_ + kWatch);
  const auto after = ParseProcessorTimes(Read("/proc/stat"));
  const double own =
      (OwnTime() - own_before_) / duration<double>(steady_clock::now() - started_).count();
  return std::min(ball::IdleProcessors(before_, after, processors_) + own, usable_processors());
}

}  // namespace ball
