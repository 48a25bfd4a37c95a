// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <chrono>

#include "apps/link/glib_ptr.h"
#include "apps/link/hold_up.h"

namespace ball {

// A leaky queue that keeps frames no longer than its limit where its reader is too slow, but drops
// none because the network held many up and then let them go at once: it then keeps what spans that
// much more.
//
// Main thread only; destroyed after its pipeline is in state NULL.
class PatientQueue {
 public:
  // An element of type `queue`, which is leaky already.
  PatientQueue(Ref<GstElement> queue, std::chrono::milliseconds limit);
  PatientQueue(const PatientQueue&) = delete;
  PatientQueue& operator=(const PatientQueue&) = delete;

 private:
  static GstPadProbeReturn OnFrame(GstPad* pad, GstPadProbeInfo* info, gpointer data);
  static GstPadProbeReturn OnTaken(GstPad* pad, GstPadProbeInfo* info, gpointer data);

  const Ref<GstElement> queue_;
  const std::chrono::milliseconds limit_;
  // Whether a frame has gone out.
  std::atomic<bool> taken_ = false;
  // The writer's streaming thread.
  HoldUp hold_up_;
  std::chrono::milliseconds set_{};
};

}  // namespace ball
