// SPDX-License-Identifier: LGPL-2.1-or-later
// Linked into a program, this is its wall clock, and that of all its libraries: each SIGUSR1 sets
// it back by an hour and tells on standard error how often it was asked before. The monotonic clock
// stays as it is. (The machine's own clock is everybody's: no test may set it.)
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>

namespace {

constexpr time_t kStep = 3600;

std::atomic<time_t> set_back = 0;
std::atomic<long> asked = 0;

bool IsWallClock(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

int Read(clockid_t clock, timespec* time) {
  const auto result = static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  if (result == 0 && IsWallClock(clock)) {
    ++asked;
    time->tv_sec -= set_back;
  }
  return result;
}

void SetBack(int) {
  set_back += kStep;
  char line[64];
  const int size =
      std::snprintf(line, sizeof line, "clock set back, asked %ld times\n", asked.exchange(0));
  if (size > 0 && write(STDERR_FILENO, line, static_cast<size_t>(size)) < 0) _exit(99);
}

[[gnu::constructor]] void Install() {
  struct sigaction action = {};
  action.sa_handler = SetBack;
  action.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &action, nullptr);
}

}  // namespace

extern "C" {

[[gnu::visibility("default")]] int clock_gettime(clockid_t clock, timespec* time) noexcept {
  return Read(clock, time);
}

[[gnu::visibility("default")]] int gettimeofday(timeval* time, void*) noexcept {
  timespec now = {};
  Read(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

[[gnu::visibility("default")]] time_t time(time_t* seconds) noexcept {
  timespec now = {};
  Read(CLOCK_REALTIME, &now);
  if (seconds != nullptr) *seconds = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
