// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include "plugins/shmframe/frame_header.h"
#include "plugins/shmframe/gstunref.h"

namespace ball {

// Frames that an element before shmpay writes straight into the area of the shmsink behind it, with
// room for the header before each: the hand-over then copies nothing.

// The area of a shmsink: the allocator that it offers, and its pad, without which the allocator
// must not be used: one whose shmsink has stopped crashes.
struct FrameArea {
  AllocatorRef allocator;
  PadRef pad;
  explicit operator bool() const { return allocator != nullptr; }
};

// The area of the shmsink that `pad` is linked to; none where that is something else, or not
// started.
FrameArea AreaBehind(GstPad* pad);

// A pool of such frames. It makes none before it is asked for, as each takes room in the area,
// keeps those that come back while it is active and open, and leaves room beside them for one frame
// that comes from elsewhere. When all are out, its frames are ordinary memory. So whoever takes a
// frame never waits for a slow reader.
GstBufferPool* NewFramePool(const FrameArea& area);

// A closed pool gives ordinary memory only, and what it gave out of the area before is not packed
// in place any more, even when it is open again. Once this returns nobody gets memory of the area,
// and of what came back the area has all.
void CloseFramePool(GstBufferPool* pool);
void OpenFramePool(GstBufferPool* pool);

// While it lives such a pool keeps nothing that comes back: a frame is to be copied, for which
// shmsink may wait, and frames that nobody uses must not take up the room. One at a time.
class RoomForCopy {
 public:
  // May be null.
  explicit RoomForCopy(PoolRef pool);
  ~RoomForCopy();
  RoomForCopy(const RoomForCopy&) = delete;
  RoomForCopy& operator=(const RoomForCopy&) = delete;

 private:
  void GiveUp(gboolean on);

  const PoolRef pool_;
};

// Header and frame as one buffer of one memory, if `frame` comes from such a pool, lies where the
// pool put it and was not packed before; else null. Where nobody else has the frame it is that very
// buffer; else one with its times, flags and metas but its GstVideoMeta, and the frame stays as it
// is.
BufferRef PackInPlace(GstBuffer* frame, const FrameHeader& header);

// The same of any frame, copied into `area`; null where that has no room.
BufferRef PackInto(const FrameArea& area, GstBuffer* frame, const FrameHeader& header);

}  // namespace ball
