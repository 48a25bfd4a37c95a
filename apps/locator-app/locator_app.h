// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "apps/link/bus_watch.h"
#include "apps/link/exit_code.h"
#include "apps/link/main_loop.h"
#include "apps/link/patient_queue.h"
#include "apps/link/sandbox_arguments.h"
#include "apps/wire/locator_message.h"
#include "plugins/rtp_timestamp.h"

namespace ball {

// Takes frames from shared memory, has an element locate the ball in each, and writes one line a
// frame to a file descriptor:
//
//   shmsrc ! shmdepay ! (received: noted) ! leaky queue ! FRAGMENT ! (answer: a line) fakesink
//
// Only the two newest frames wait: two may come at once, but a slow element must not look at old
// ones. It ends when the writer of the frames goes, when its standard input closes (whoever started
// it is gone), and where it is told to stop (StopSignals). What it does not need for this it gives
// up (sandbox.h). Main thread only, except for the pad callbacks.
class LocatorApp {
 public:
  struct Settings {
    std::string socket_path;
    // gst-launch text of elements that attach a `ball` region-of-interest meta.
    std::string locator = "balllocate";
    SandboxOptions sandbox;
    int output = 1;
  };

  explicit LocatorApp(Settings settings) : settings_(std::move(settings)) {}
  ~LocatorApp();
  LocatorApp(const LocatorApp&) = delete;
  LocatorApp& operator=(const LocatorApp&) = delete;

  ExitCode Run();

 private:
  using Time = std::chrono::steady_clock::time_point;

  static GstPadProbeReturn OnReceived(GstPad* pad, GstPadProbeInfo* info, gpointer data);
  static GstPadProbeReturn OnLocated(GstPad* pad, GstPadProbeInfo* info, gpointer data);
  static gboolean OnInput(int file, GIOCondition condition, gpointer data);

  static std::string NoSandbox(const std::string& reason);
  std::string NotStarted() const;
  std::string NoFrames() const;
  std::string Start();
  std::string Build();
  void AddProbe(const char* element, const char* pad, GstPadProbeCallback callback);
  Ref<GstPad> PadOf(const char* element, const char* pad) const;
  Time TakeReceived(GstClockTime pts, Time now);
  void Write(const LocatorLine& line);
  void Quit(ExitCode code);

  const Settings settings_;
  MainLoop loop_;
  Mailbox mailbox_;
  Ref<GstElement> pipeline_;
  std::unique_ptr<PatientQueue> waiting_;
  std::unique_ptr<BusWatch> bus_;
  ExitCode exit_code_ = ExitCode::kSuccess;
  // When the frames between shmdepay and the answer were received, by their timestamp.
  std::mutex received_lock_;
  std::deque<std::pair<GstClockTime, Time>> received_;
};

}  // namespace ball
