// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <chrono>
#include <optional>

#include "plugins/shmframe/frame_header.h"

namespace ball {

// Where the frame header meets GStreamer's types.

// The pad templates of shmpay and shmdepay.
inline constexpr char kFrameVideoCaps[] =
    GST_VIDEO_CAPS_MAKE("{ I420, NV12, BGRx, RGBx, BGRA, RGBA, BGR, RGB, GRAY8 }");
inline constexpr char kBallFrameCaps[] = "application/x-ball-frame, version = (int) 1";

// The picture that video caps describe; nothing for a format that a header cannot name, a size
// above 32767 pixels, and for interlaced video.
std::optional<Picture> PictureOf(const GstVideoInfo& info);

// The opposite: `picture` comes from a header that passed Check.
GstVideoInfo VideoInfoOf(const Picture& picture);

// GStreamer's "no time" and times from 2^63 ns on are nothing.
std::optional<std::chrono::nanoseconds> TimeOf(GstClockTime time);
GstClockTime ClockTimeOf(const std::optional<std::chrono::nanoseconds>& time);

}  // namespace ball
