// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include "plugins/shmframe/frame_header.h"
#include "plugins/shmframe/gstunref.h"

namespace ball {

// A buffer of header and frame, and the frame out of it.

// A buffer without memory: the frame's times, flags and metas, without its GstVideoMeta.
BufferRef MetadataOf(GstBuffer* frame);

// Header and frame as one buffer, which shares the frame's memory and keeps `frame` alive until
// that memory is given up. Times, flags and metas are the frame's, without its GstVideoMeta. Null
// where the frame cannot be mapped.
BufferRef PackFrame(GstBuffer* frame, const FrameHeader& header);

// Checks the header of a buffer that anybody may have made, from a copy of its own of the first
// bytes: the other process may change shared ones at any time.
ParsedHeader ReadFrameHeader(GstBuffer* buffer);

// The frame behind the header, which must be ReadFrameHeader's of the same buffer, with its
// GstVideoMeta. It shares the buffer's memory and keeps it alive. `info` is VideoInfoOf its
// picture.
BufferRef ShareFrame(GstBuffer* buffer, const FrameHeader& header, const GstVideoInfo& info);

// Whether the planes lie as the caps alone imply, so that nobody needs the GstVideoMeta.
bool IsPlain(const FrameHeader& header, const GstVideoInfo& info);

// A copy whose planes lie so, without GstVideoMeta; null where the frame cannot be mapped.
BufferRef CopyPlain(GstBuffer* frame, const GstVideoInfo& info);

}  // namespace ball
