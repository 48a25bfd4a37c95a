// SPDX-License-Identifier: LGPL-2.1-or-later
// Linked into a program, this is its wall clock, and that of all its libraries: each SIGUSR1 sets
// it back by an hour and tells on standard error how often it was asked before, each SIGUSR2 sets
// it forward by 0.4 s. The monotonic clock stays as it is. (The machine's own clock is everybody's:
// no test may set it.)
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>

namespace {

constexpr long kSecond = 1000000000;
constexpr long kHour = 3600 * kSecond;
constexpr long kLittle = 2 * kSecond / 5;

std::atomic<long> set_back = 0;
std::atomic<long> asked = 0;

bool IsWallClock(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

int Read(clockid_t clock, timespec* time) {
  const auto result = static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  if (result == 0 && IsWallClock(clock)) {
    ++asked;
    const long shown = time->tv_sec * kSecond + time->tv_nsec - set_back;
    time->tv_sec = shown / kSecond;
    time->tv_nsec = shown % kSecond;
  }
  return result;
}

void SetBack(int) {
  set_back += kHour;
  char line[64];
  const int size =
      std::snprintf(line, sizeof line, "clock set back, asked %ld times\n", asked.exchange(0));
  if (size > 0 && write(STDERR_FILENO, line, static_cast<size_t>(size)) < 0) _exit(99);
}

void SetForward(int) { set_back -= kLittle; }

void Handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

[[gnu::constructor]] void Install() {
  Handle(SIGUSR1, SetBack);
  Handle(SIGUSR2, SetForward);
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
