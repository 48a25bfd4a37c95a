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
  void operator()(GstQuery* query) const { gst_query_unref(query); }
};

using BufferRef = std::unique_ptr<GstBuffer, Unref>;
using CapsRef = std::unique_ptr<GstCaps, Unref>;
using EventRef = std::unique_ptr<GstEvent, Unref>;
using QueryRef = std::unique_ptr<GstQuery, Unref>;

}  // namespace ball
