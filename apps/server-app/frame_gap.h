// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

namespace ball {

// Gaps in what an encoder is given: nobody watched, or the machine stood still.
//
// libvpx (VP8 and VP9, seen with 1.12) averages the frame rate over the last second. Where a frame
// comes one second and one frame time after its predecessor, that average comes out as zero time a
// frame, and the frames from then on get a fraction of their bits: a ball of the default scene was
// 0.25 px off, and not found in 19 of 120 frames. A frame after a gap that lasts shorter than its
// successor makes libvpx start the average anew.
class FrameGap {
 public:
  // The frame at that running time, in ns: as it is, or after a gap with half its duration. Takes
  // and returns a reference.
  GstBuffer* Mend(GstBuffer* frame, GstClockTime running_time);

 private:
  GstClockTime last_ = GST_CLOCK_TIME_NONE;
};

}  // namespace ball
