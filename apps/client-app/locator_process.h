// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/link/glib_ptr.h"
#include "apps/link/main_loop.h"
#include "apps/wire/line_framer.h"
#include "apps/wire/locator_message.h"

namespace ball {

// Starts locator-app, reads its answers and sees to it that there is always one that works:
//
//   starting --ready--> working --exit or hung--> (killed, started again) starting
//
// Again at once, or after up to 0.4 s where the ones before it have located nothing. Hung: frames
// are handed to it and it has answered none of them for half a second. One that ends three times
// before it was ready cannot be started: that is an error. It ends with this object, and with this
// process however that ends (its standard input closes, and the kernel signals it). Main thread
// only.
class LocatorProcess {
 public:
  struct Settings {
    std::string program;
    std::vector<std::string> arguments;
    std::chrono::milliseconds hung_after{500};
    std::chrono::milliseconds start_limit{10000};
  };

  struct Events {
    // The first ready only; restarts are told by `restarts`.
    std::function<void()> on_ready;
    // Whether it answers a frame that was handed over.
    std::function<bool(const LocatorMessage&)> on_located;
    std::function<void(const std::string& why)> on_restart;
    std::function<void(const std::string& reason)> on_failed;
    // Why no other one can be started, in one sentence; empty where one can. Asked before each, and
    // what it says is the end. Both or neither may be empty.
    std::function<std::string()> hindrance;
    std::function<void(const std::string& hindrance)> on_hindered;
    // When a frame was handed over for the last time.
    std::function<std::chrono::steady_clock::time_point()> last_handed_over;
  };

  LocatorProcess(Settings settings, Events events);
  ~LocatorProcess();
  LocatorProcess(const LocatorProcess&) = delete;
  LocatorProcess& operator=(const LocatorProcess&) = delete;

  void Start();
  int restarts() const { return restarts_; }

 private:
  enum class Output { kRead, kEmpty, kEnded };

  static void OnExit(GObject* process, GAsyncResult* result, gpointer data);
  static gboolean OnOutput(int file, GIOCondition condition, gpointer data);

  void Spawn();
  void ListenToOutput();
  Output Read();
  void TakeOutput(std::string_view bytes);
  void OnLine(const std::string& line);
  void OnLocated(const LocatorMessage& located);
  void Watch();
  void Restart(const std::string& why);
  void GiveUp(const std::string& reason);
  void Kill();

  const Settings settings_;
  Events events_;
  Ref<GSubprocess> process_;
  // Cancelled with the process: what is under way for an old one is ignored.
  Ref<GCancellable> cancellable_;
  // Its standard output; destroyed with the process.
  Ref<GSource> output_;
  std::unique_ptr<LineFramer> framer_;
  bool ready_ = false;
  bool was_ready_ = false;
  int restarts_ = 0;
  // Before it was ready, in a row; before it located anything, in a row.
  int failed_starts_ = 0;
  int deaths_ = 0;
  std::chrono::steady_clock::time_point spawned_;
  std::chrono::steady_clock::time_point last_heard_;
  std::optional<std::chrono::steady_clock::time_point> owing_since_;
  // What it said since then answers no frame.
  bool raved_ = false;
  Timer watch_timer_;
  Timer restart_timer_;
};

// The path of locator-app: beside this program, in the build tree next to it, else its bare name
// for $PATH.
std::string FindLocatorApp();

}  // namespace ball
