// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include "plugins/ballsrc/picture.h"

namespace ball {

// The formats that LayoutOf knows, for pad templates; the first one is preferred.
#define BALL_SRC_FORMATS "{ I420, NV12, BGRx, RGBx, BGR, RGB, GRAY8 }"

// What was negotiated, for the painter. `info` has one of BALL_SRC_FORMATS.
PictureLayout LayoutOf(const GstVideoInfo& info);

// The matrix and range that were negotiated; BT.601's matrix where there is none that is known.
Colorimetry ColorimetryOf(const GstVideoInfo& info);

}  // namespace ball
