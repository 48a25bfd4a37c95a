// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <chrono>
#include <csignal>
#include <functional>
#include <vector>

#include "apps/link/glib_ptr.h"

namespace ball {

// The process's one main loop, on the default main context. Main thread only.
class MainLoop {
 public:
  MainLoop() : loop_(Ref<GMainLoop>::adopt(g_main_loop_new(nullptr, FALSE))) {}

  void Run() { g_main_loop_run(loop_.get()); }
  void Quit() { g_main_loop_quit(loop_.get()); }

 private:
  Ref<GMainLoop> loop_;
};

// Carries work from any thread to the main thread: a callback copies its arguments into a task and
// posts it. Tasks run in the order of posting. After Close (or destruction) nothing runs any more:
// what waits is dropped, and later posts are ignored, so a task may safely point at the mailbox's
// owner. Post from any thread; everything else main thread only, the destructor too from any thread
// after Close.
class Mailbox {
 public:
  using Task = std::function<void()>;

  Mailbox();
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void Post(Task task);
  void Close();

 private:
  Ref<GSource> source_;
};

// Calls back after a time, once or again and again, until destroyed. The callback may destroy or
// restart the timer. Main thread only.
class Timer {
 public:
  Timer() = default;
  ~Timer() { Stop(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void Once(std::chrono::milliseconds delay, std::function<void()> callback);
  void Every(std::chrono::milliseconds period, std::function<void()> callback);
  void Stop();
  bool running() const { return static_cast<bool>(source_); }

 private:
  void Start(std::chrono::milliseconds delay, std::function<void()> callback, bool again);

  Ref<GSource> source_;
};

// What tells a program to stop.
inline constexpr std::array kStopSignals{SIGINT, SIGTERM, SIGHUP};

// Calls back on the main thread for each of these, for SIGHUP unless it was ignored before (nohup),
// until destroyed. From then on they do nothing. Main thread only.
class StopSignals {
 public:
  explicit StopSignals(std::function<void()> on_stop);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  std::function<void()> on_stop_;
  std::vector<Ref<GSource>> sources_;
};

}  // namespace ball
