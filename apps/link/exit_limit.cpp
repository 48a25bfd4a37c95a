// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/exit_limit.h"

#include <signal.h>
#include <unistd.h>

#include "apps/link/main_loop.h"

namespace ball {
namespace {

// In s. A sanitizer looks for leaks at exit.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr unsigned kLimit = 60;
#else
constexpr unsigned kLimit = 3;
#endif

volatile sig_atomic_t exit_code = 0;

}  // namespace

void LimitExit(ExitCode code) {
  exit_code = static_cast<int>(code);
  struct sigaction action = {};
  action.sa_handler = [](int) { _exit(exit_code); };
  for (const int number : kStopSignals) sigaction(number, &action, nullptr);
  sigaction(SIGALRM, &action, nullptr);
  alarm(kLimit);
}

}  // namespace ball
