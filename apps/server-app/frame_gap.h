// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

namespace ball {

// Gaps in what an encoder is given: nobody watched, or the machine stood still.
//
// libvpx (1.15 still) averages the frame rate over the last second. Where a frame comes one second
// and one frame time after its predecessor, that average becomes a division by zero, and all
// frames from then on get hardly a bit: a ball located 0.25 px off, or not at all. A frame after a
// gap that lasts shorter than its successor makes libvpx start the average anew.
class FrameGap {
 public:
  // The frame at that running time, in ns: as it is, or after a gap with half its duration. Takes
  // and returns a reference.
  GstBuffer* Mend(GstBuffer* frame, GstClockTime running_time);

 private:
  GstClockTime last_ = GST_CLOCK_TIME_NONE;
};

}  // namespace ball
