// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include "apps/link/glib_ptr.h"
#include "apps/link/hold_up.h"
#include "apps/link/queue_bypass.h"

namespace ball {

// A leaky queue that keeps frames no longer than its limit where its reader is too slow, but drops
// none because the network held many up and then let them go at once: it then keeps what spans that
// much more. A frame that finds nothing waiting, and a reader that does nothing, goes past it.
//
// Main thread only; destroyed after its pipeline is in state NULL.
class PatientQueue {
 public:
  // Whether the reader would never wait with that frame for somebody else, so that the writer's
  // thread may bring it.
  using Passes = bool (*)(GstBuffer* frame);

  // An element of type `queue`, which is leaky already.
  PatientQueue(Ref<GstElement> queue, std::chrono::milliseconds limit, Passes passes);
  PatientQueue(const PatientQueue&) = delete;
  PatientQueue& operator=(const PatientQueue&) = delete;

 private:
  static GstPadProbeReturn OnItem(GstPad* pad, GstPadProbeInfo* info, gpointer data);
  static GstPadProbeReturn OnTaken(GstPad* pad, GstPadProbeInfo* info, gpointer data);

  void FitLimit(const GstBuffer* frame);

  const Ref<GstElement> queue_;
  const std::chrono::milliseconds limit_;
  const Passes passes_;
  std::atomic<std::thread::id> writer_;
  // Whether the last frame that went out did so through the queue.
  std::atomic<bool> taken_ = false;
  // The writer's streaming thread, and so are all below.
  QueueBypass bypass_;
  HoldUp hold_up_;
  std::chrono::milliseconds set_{};
};

}  // namespace ball
