// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "apps/link/exit_code.h"
#include "apps/link/glib_ptr.h"

namespace ball {

// An integer option that was not given: nobody gives this number.
inline constexpr int kAbsent = std::numeric_limits<int>::min();

inline bool IsAbsentOrIn(int value, int least, int most) {
  return value == kAbsent || (value >= least && value <= most);
}

// Parses the options of a program, which stand in several tables, and GStreamer's own (--help-gst).
// Returns the code to exit with at once: for --version, which prints, and for a command line that
// cannot be used, which is said in one sentence. Initializes GStreamer, unless --check is among the
// arguments: a probe must answer soon, and where GStreamer cannot keep its registry (a read-only
// file system) it looks at every plugin first, which takes seconds. `what` is one line on what the
// program does, `more` the text below the options.
std::optional<ExitCode> ParseCommandLine(int* argc, char*** argv,
                                         const std::vector<const GOptionEntry*>& tables,
                                         const std::string& what, const std::string& more);

// The first of these elements that is not installed, empty if all are.
std::string MissingElement(std::initializer_list<const char*> elements);

// One sentence that says so and what to do.
std::string MissingElementAdvice(const std::string& element);

// The exit codes, for `more`.
extern const char kExitCodesHelp[];

}  // namespace ball
