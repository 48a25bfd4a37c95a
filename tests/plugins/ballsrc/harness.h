// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <gst/gst.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace ball {

// A picture that is quick to compare.
inline constexpr char kSmall[] = "video/x-raw,format=I420,width=96,height=64,framerate=30/1";

struct HarnessDeleter {
  void operator()(GstHarness* harness) const { gst_harness_teardown(harness); }
};
using Harness = std::unique_ptr<GstHarness, HarnessDeleter>;

struct BufferDeleter {
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
};
using Buffer = std::unique_ptr<GstBuffer, BufferDeleter>;

// A source from a description like "ballsrc num-buffers=3", not yet playing. Without num-buffers
// one that is not live would never stop.
inline Harness NewSource(const char* description, const char* caps) {
  Harness harness(gst_harness_new_parse(description));
  gst_harness_set_sink_caps_str(harness.get(), caps);
  return harness;
}

inline Buffer Pull(const Harness& harness) { return Buffer(gst_harness_pull(harness.get())); }

inline std::vector<uint8_t> BytesOf(const Buffer& buffer) {
  std::vector<uint8_t> bytes(gst_buffer_get_size(buffer.get()));
  gst_buffer_extract(buffer.get(), 0, bytes.data(), bytes.size());
  return bytes;
}

// The first `count` frames of a source.
inline std::vector<std::vector<uint8_t>> FramesOf(const char* description, const char* caps,
                                                  int count) {
  const Harness harness = NewSource(description, caps);
  gst_harness_play(harness.get());
  std::vector<std::vector<uint8_t>> frames;
  frames.reserve(count);
  for (int i = 0; i < count; ++i) frames.push_back(BytesOf(Pull(harness)));
  return frames;
}

struct ElementDeleter {
  void operator()(GstElement* element) const { gst_object_unref(element); }
};
using Element = std::unique_ptr<GstElement, ElementDeleter>;

// The ballsrc within.
inline Element SourceIn(const Harness& harness) {
  return Element(gst_harness_find_element(harness.get(), "ballsrc"));
}

// Calls a function, on the streaming thread, with each buffer that the ballsrc sends.
class Probe {
 public:
  Probe(const Harness& harness, std::function<void(GstBuffer*)> function)
      : function_(std::move(function)),
        pad_(gst_element_get_static_pad(SourceIn(harness).get(), "src")),
        id_(gst_pad_add_probe(pad_, GST_PAD_PROBE_TYPE_BUFFER, OnBuffer, this, nullptr)) {}
  ~Probe() {
    gst_pad_remove_probe(pad_, id_);
    gst_object_unref(pad_);
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

 private:
  static GstPadProbeReturn OnBuffer(GstPad*, GstPadProbeInfo* info, gpointer probe) {
    static_cast<Probe*>(probe)->function_(GST_PAD_PROBE_INFO_BUFFER(info));
    return GST_PAD_PROBE_OK;
  }

  std::function<void(GstBuffer*)> function_;
  GstPad* pad_;
  gulong id_;
};

}  // namespace ball
