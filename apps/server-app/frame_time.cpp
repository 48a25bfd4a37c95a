// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/frame_time.h"

namespace ball {

Instant FrameTime(GstElement* element, GstClockTime running_time, Instant now) {
  const GstClockTime current = gst_element_get_current_running_time(element);
  if (!GST_CLOCK_TIME_IS_VALID(current) || !GST_CLOCK_TIME_IS_VALID(running_time)) return now;
  if (current < running_time) return now;
  const std::chrono::nanoseconds age(current - running_time);
  return age <= kOldestFrame ? now - age : now;
}

}  // namespace ball
