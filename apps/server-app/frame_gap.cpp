// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/frame_gap.h"

#include <utility>

namespace ball {
namespace {

// Below a second, at which libvpx's average fails, by more than the longest frame time in use.
constexpr GstClockTime kGap = 500 * GST_MSECOND;

}  // namespace

GstBuffer* FrameGap::Mend(GstBuffer* frame, GstClockTime running_time) {
  const GstClockTime last = std::exchange(last_, running_time);
  if (!GST_CLOCK_TIME_IS_VALID(last) || running_time < last + kGap) return frame;
  if (!GST_BUFFER_DURATION_IS_VALID(frame)) return frame;
  frame = gst_buffer_make_writable(frame);
  GST_BUFFER_DURATION(frame) /= 2;
  return frame;
}

}  // namespace ball
