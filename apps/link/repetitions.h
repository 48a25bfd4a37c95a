// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <mutex>

#include "apps/link/glib_ptr.h"
#include "apps/link/repetition_limit.h"

namespace ball {

// Keeps what a webrtcbin sends again within its limit: takes away what its peer asks for beyond
// that, before the elements that would send it hear of it. Any thread. Must outlive the elements.
class Repetitions {
 public:
  Repetitions() = default;
  Repetitions(const Repetitions&) = delete;
  Repetitions& operator=(const Repetitions&) = delete;

  // An element of type `rtprtxsend`.
  void Watch(GstElement* sender);

  void SetRate(int rate);
  void SetRoundTrip(std::chrono::nanoseconds round_trip);

 private:
  static GstPadProbeReturn OnEvent(GstPad* pad, GstPadProbeInfo* info, gpointer data);

  std::mutex lock_;
  RepetitionLimit limit_;
};

}  // namespace ball
