// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/types.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ball {

// The shared memory that shmsinks make from now on. A killed process leaves its segments, and
// another one may get its pid.
class SegmentWatch {
 public:
  SegmentWatch();
  // The names in /dev/shm of those that the process has made and not removed.
  std::vector<std::string> Of(pid_t pid) const;

 private:
  std::set<std::pair<dev_t, ino_t>> before_;
};

}  // namespace ball
