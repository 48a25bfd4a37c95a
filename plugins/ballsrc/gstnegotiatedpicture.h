// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include "plugins/ballsrc/picture.h"

namespace ball {

// The formats that LayoutOf knows, for pad templates; the first one is preferred.
#define BALL_SRC_FORMATS "{ I420, NV12, BGRx, RGBx, BGR, RGB, GRAY8 }"

// Adds colorimetry and chroma site to fixed caps of a format that has them, where they are missing:
// what GStreamer assumes for a picture of that height. Takes and returns the caps.
//
// Elements must agree on what is meant, and GStreamer 1.22 itself does not: it ignores a chroma
// site that comes without a colorimetry, and assumes none where a colorimetry comes alone.
GstCaps* SpellOutColors(GstCaps* caps);

// What was negotiated, for the painter. `info` has one of BALL_SRC_FORMATS.
PictureLayout LayoutOf(const GstVideoInfo& info);

// The matrix and range that were negotiated; BT.601's matrix where there is none that is known.
Colorimetry ColorimetryOf(const GstVideoInfo& info);

}  // namespace ball
