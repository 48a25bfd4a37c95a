// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <iosfwd>

namespace ball {

// What a process holds: zeros where there is no such process.
struct ProcessFigures {
  size_t descriptors = 0;
  size_t threads = 0;
  size_t resident_kib = 0;
};

ProcessFigures FiguresOf(pid_t pid);

std::ostream& operator<<(std::ostream& out, const ProcessFigures& figures);

}  // namespace ball
