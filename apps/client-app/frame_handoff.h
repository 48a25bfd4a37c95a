// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "apps/client-app/shared_segment.h"
#include "apps/link/glib_ptr.h"
#include "apps/link/main_loop.h"
#include "apps/link/patient_queue.h"

namespace ball {

// The end of the receiving pipeline that hands frames to the locator over shared memory:
//
//   queue ! shmpay name=pay ! shmsink name=handoff
//
// Memory for the frames is reserved before the first of them is written: a page that /dev/shm has
// no room for would end the process (SIGBUS). While there is no room frames are dropped, and it is
// tried again; a segment that somebody removed is made anew, since the next locator could not open
// it. Main thread only, except for the pad callbacks.
class FrameHandoff {
 public:
  struct Events {
    // A line for the user.
    std::function<void(const std::string&)> on_note;
    // There was no room for too long: one sentence.
    std::function<void(const std::string& reason)> on_failed;
  };

  // gst-launch text that is linked behind the frames.
  static std::string Text(const std::string& socket_path);

  // Finds its elements in that pipeline.
  FrameHandoff(GstElement* pipeline, Events events);
  FrameHandoff(const FrameHandoff&) = delete;
  FrameHandoff& operator=(const FrameHandoff&) = delete;

  // Ends all events.
  void Silence() { mailbox_.Close(); }
  // When a frame was handed to the locator for the last time. Any thread.
  std::chrono::steady_clock::time_point LastHandedOver() const { return handed_over_; }

 private:
  using Time = std::chrono::steady_clock::time_point;

  static GstPadProbeReturn OnItem(GstPad* pad, GstPadProbeInfo* info, gpointer data);

  // Streaming thread.
  void Fit(GstCaps* caps);
  bool Ready(Time now);
  void Check(Time now);
  bool Reserve();
  bool MakeSegment();
  void TellFull(Time now);
  void Note(const std::string& text);

  const Events events_;
  Mailbox mailbox_;
  PatientQueue waiting_;
  Ref<GstElement> pay_;
  Ref<GstElement> sink_;
  std::atomic<Time> handed_over_{};
  // The streaming thread's.
  guint size_ = 0;
  SharedSegment segment_;
  bool reserved_ = false;
  Time next_check_{};
  std::optional<Time> full_since_;
};

}  // namespace ball
