// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <memory>

namespace ball {

// Gives a reference back. The pointers below own one reference each; `.release()` at a call says
// that the C function takes it.
struct Unref {
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
  void operator()(GstEvent* event) const { gst_event_unref(event); }
  void operator()(GstAllocator* allocator) const { gst_object_unref(allocator); }
  void operator()(GstPad* pad) const { gst_object_unref(pad); }
  void operator()(GstBufferPool* pool) const { gst_object_unref(pool); }
  void operator()(GstQuery* query) const { gst_query_unref(query); }
};

using BufferRef = std::unique_ptr<GstBuffer, Unref>;
using CapsRef = std::unique_ptr<GstCaps, Unref>;
using EventRef = std::unique_ptr<GstEvent, Unref>;
using AllocatorRef = std::unique_ptr<GstAllocator, Unref>;
using PadRef = std::unique_ptr<GstPad, Unref>;
using PoolRef = std::unique_ptr<GstBufferPool, Unref>;
using QueryRef = std::unique_ptr<GstQuery, Unref>;

}  // namespace ball
