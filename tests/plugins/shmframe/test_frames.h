// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "plugins/shmframe/gstunref.h"

namespace ball {

struct HarnessTeardown {
  void operator()(GstHarness* harness) const { gst_harness_teardown(harness); }
};
using HarnessPtr = std::unique_ptr<GstHarness, HarnessTeardown>;

struct BusClose {
  void operator()(GstBus* bus) const {
    // Messages that nobody took refer to the element, which refers to the bus.
    gst_bus_set_flushing(bus, TRUE);
    gst_object_unref(bus);
  }
};
using BusPtr = std::unique_ptr<GstBus, BusClose>;

// Video caps such as "format=I420,width=5,height=3", at 30 frames a second unless they say more.
std::string VideoCaps(const std::string& fields);
GstVideoInfo InfoOf(const std::string& caps);

// A frame of the size that the caps imply, each byte another, with PTS and duration.
BufferRef MakeFrame(const std::string& caps, GstClockTime pts = 0);

// The frame's bytes as they lie.
std::vector<uint8_t> BytesOf(GstBuffer* buffer);

// The picture's bytes without padding, row by row and plane by plane.
std::vector<uint8_t> PictureBytesOf(const GstVideoInfo& info, GstBuffer* frame);

// Where memory `index` of the buffer lies.
const void* AddressOf(GstBuffer* buffer, guint index = 0);

// What shmpay makes of the frame.
BufferRef Pack(const std::string& caps, BufferRef frame);

// A bus of the harness's own element, for its messages.
BusPtr WatchBus(const HarnessPtr& harness);

// The next message of that type, or nothing; without waiting.
std::string NextMessage(const BusPtr& bus, GstMessageType type);

}  // namespace ball
