// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <chrono>

#include "apps/compare/instant.h"

namespace ball {

// A frame that is older than this when it comes has a timestamp that tells something else.
inline constexpr std::chrono::seconds kOldestFrame{1};

// When a live source's frame is from: the moment of its running time (ns) in the playing pipeline
// of `element`, however long ago it was. `now` where that does not tell it: the pipeline has no
// clock, that moment is still to come, or it is longer ago than kOldestFrame, as it may be where a
// source has its timestamps from another pipeline.
Instant FrameTime(GstElement* element, GstClockTime running_time, Instant now);

}  // namespace ball
