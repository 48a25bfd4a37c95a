// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/gstlivepacer.h"

#include <algorithm>

namespace ball {

void LivePacer::SetPlaying(bool playing) {
  const std::lock_guard lock(mutex_);
  playing_ = playing;
  WakeUp();
}

void LivePacer::SetFlushing(bool flushing) {
  const std::lock_guard lock(mutex_);
  flushing_ = flushing;
  WakeUp();
}

void LivePacer::WakeUp() {
  if (waiting_ != nullptr) gst_clock_id_unschedule(waiting_);
  changed_.notify_all();
}

bool LivePacer::WaitUntil(GstElement* element, GstClockTime running_time) {
  std::unique_lock lock(mutex_);
  while (!flushing_) {
    if (!playing_) {
      changed_.wait(lock);
    } else if (RunningTimeNow(element).value_or(running_time) >= running_time) {
      return true;
    } else {
      WaitOnce(lock, element, running_time);
    }
  }
  return false;
}

// What woke it up is not told: the caller looks at the clock again.
void LivePacer::WaitOnce(std::unique_lock<std::mutex>& lock, GstElement* element,
                         GstClockTime running_time) {
  g_autoptr(GstClock) clock = gst_element_get_clock(element);
  if (clock == nullptr) return;
  GstClockID id =
      gst_clock_new_single_shot_id(clock, gst_element_get_base_time(element) + running_time);
  waiting_ = id;
  lock.unlock();
  gst_clock_id_wait(id, nullptr);
  lock.lock();
  waiting_ = nullptr;
  gst_clock_id_unref(id);
}

std::optional<GstClockTime> RunningTimeNow(GstElement* element) {
  g_autoptr(GstClock) clock = gst_element_get_clock(element);
  if (clock == nullptr) return {};
  const GstClockTime now = gst_clock_get_time(clock);
  return now - std::min(now, gst_element_get_base_time(element));
}

}  // namespace ball
