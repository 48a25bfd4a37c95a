// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>

namespace ball {

// What bare_loop_bench measures.
struct BareLoopOptions {
  int width = 640;  // px, 16 at least
  int height = 480;
  int fps = 30;
  int frames = 150;     // LoopBoard::kRoom at most
  std::string locator;  // its program; without one nobody looks at the frames
  bool apart = false;   // each end in a process of its own
};

// Nothing where the command line cannot be used; the reason is told on standard error.
std::optional<BareLoopOptions> ParseBareLoop(int* argc, char*** argv);

}  // namespace ball
