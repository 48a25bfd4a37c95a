// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <condition_variable>
#include <mutex>
#include <optional>

namespace ball {

// Lets the streaming thread of a live source wait for the time of its next frame.
//
// GstBaseSrc can do that too, but it shifts all timestamps by when the first buffer happened to be
// ready, after it has been drawn: the picture would no longer show what its timestamp says.
// Any thread; WaitUntil: the streaming thread only.
class LivePacer {
 public:
  // The element goes to PLAYING (its base time is set) or leaves it: the time stands still
  // meanwhile.
  void SetPlaying(bool playing);
  // While flushing nobody waits.
  void SetFlushing(bool flushing);

  // Returns at a running time of the element's clock, while playing; at once where the element has
  // no clock. False: flushing.
  bool WaitUntil(GstElement* element, GstClockTime running_time);

 private:
  void WaitOnce(std::unique_lock<std::mutex>& lock, GstElement* element, GstClockTime running_time);
  void WakeUp();

  std::mutex mutex_;
  std::condition_variable changed_;
  GstClockID waiting_ = nullptr;
  bool playing_ = false;
  bool flushing_ = false;
};

// Nothing without a clock.
std::optional<GstClockTime> RunningTimeNow(GstElement* element);

}  // namespace ball
