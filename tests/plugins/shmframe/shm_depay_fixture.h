// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/plugins/shmframe/test_frames.h"

namespace ball {

inline const std::string kI420 = VideoCaps("format=I420,width=5,height=3");

// Behind shmsrc: a stream that counts bytes and has no caps.
class ShmDepayTest : public testing::Test {
 protected:
  ShmDepayTest() { Start(true); }

  void Start(bool video_meta) {
    depay_.reset(gst_harness_new("shmdepay"));
    if (video_meta) {
      gst_harness_add_propose_allocation_meta(depay_.get(), GST_VIDEO_META_API_TYPE, nullptr);
    }
    bus_ = WatchBus(depay_);
    gst_harness_push_event(depay_.get(), gst_event_new_stream_start("shm"));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_BYTES);
    gst_harness_push_event(depay_.get(), gst_event_new_segment(&segment));
  }

  // As shmsrc gives it: one read-only memory, without times and metas.
  static BufferRef AsFromShm(const std::vector<uint8_t>& bytes) {
    auto* copy = static_cast<uint8_t*>(g_malloc(bytes.size() + 1));  // an empty one has a place too
    std::copy(bytes.begin(), bytes.end(), copy);
    return BufferRef(gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, copy, bytes.size(), 0,
                                                 bytes.size(), copy, g_free));
  }
  static BufferRef AsFromShm(const BufferRef& packed) { return AsFromShm(BytesOf(packed.get())); }

  GstFlowReturn Push(BufferRef buffer) { return gst_harness_push(depay_.get(), buffer.release()); }
  BufferRef Pull() { return BufferRef(gst_harness_pull(depay_.get())); }
  guint Waiting() { return gst_harness_buffers_in_queue(depay_.get()); }
  guint64 Dropped() {
    guint64 dropped = 0;
    g_object_get(depay_->element, "dropped", &dropped, nullptr);
    return dropped;
  }
  GstVideoInfo InfoDownstream() {
    const CapsRef caps(gst_pad_get_current_caps(depay_->sinkpad));
    GstVideoInfo info;
    gst_video_info_init(&info);
    if (caps) gst_video_info_from_caps(&info, caps.get());
    return info;
  }

  HarnessPtr depay_;
  BusPtr bus_;
};

}  // namespace ball
