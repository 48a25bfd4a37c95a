// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>

#include "apps/link/main_loop.h"

namespace ball {

// Lets the program end in good order when its X display goes away. Xlib would end the process on
// the spot, in the middle of whatever it does. With this, the thread that talked to the display
// stops for good, and the main thread is told; the program should then say goodbye and leave by
// _exit, since that thread cannot be joined. One a process; does nothing where no X library is
// loaded. Main thread only.
class DisplayGuard {
 public:
  explicit DisplayGuard(std::function<void()> on_lost);
  ~DisplayGuard();
  DisplayGuard(const DisplayGuard&) = delete;
  DisplayGuard& operator=(const DisplayGuard&) = delete;

 private:
  static int OnLost(void* display);

  static DisplayGuard* installed_;

  std::function<void()> on_lost_;
  Mailbox mailbox_;
};

}  // namespace ball
