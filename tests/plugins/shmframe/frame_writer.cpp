// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/plugins/shmframe/frame_writer.h"

#include "plugins/rtptimestampmeta.h"

namespace ball {
namespace {

GstCaps* SizeCaps(int width, int height) {
  return gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "GRAY8", "width", G_TYPE_INT,
                             width, "height", G_TYPE_INT, height, "framerate", GST_TYPE_FRACTION,
                             200, 1, nullptr);
}

}  // namespace

// The area has room for three frames of 128x96.
FrameWriter::FrameWriter(const std::string& socket_path)
    : pipeline_(
          gst_parse_launch(("videotestsrc is-live=true pattern=black ! capsfilter name=size ! "
                            "identity name=draw ! shmpay leaky=true ! "
                            "shmsink name=sink sync=false async=false wait-for-connection=false "
                            "enable-last-sample=false shm-size=38000 socket-path=" +
                            socket_path)
                               .c_str(),
                           nullptr)) {
  gst_object_ref_sink(pipeline_);
  SetSize(64, 48);
  Probe("draw", Draw);
  Probe("sink", Send);
  gst_element_set_state(pipeline_, GST_STATE_PLAYING);
  // The socket is there when shmsink is PAUSED; with async=false that is now.
  gst_element_get_state(pipeline_, nullptr, nullptr, 10 * GST_SECOND);
}

FrameWriter::~FrameWriter() {
  gst_element_set_state(pipeline_, GST_STATE_NULL);
  gst_object_unref(pipeline_);
}

void FrameWriter::SetSize(int width, int height) {
  g_autoptr(GstElement) filter = gst_bin_get_by_name(GST_BIN(pipeline_), "size");
  g_autoptr(GstCaps) caps = SizeCaps(width, height);
  g_object_set(filter, "caps", caps, nullptr);
}

uint64_t FrameWriter::drawn() const {
  const std::lock_guard guard(lock_);
  return drawn_;
}

uint64_t FrameWriter::sent() const {
  const std::lock_guard guard(lock_);
  return sent_;
}

void FrameWriter::Probe(const char* element_name, GstPadProbeCallback callback) {
  g_autoptr(GstElement) element = gst_bin_get_by_name(GST_BIN(pipeline_), element_name);
  g_autoptr(GstPad) pad = gst_element_get_static_pad(element, "sink");
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, callback, this, nullptr);
}

GstPadProbeReturn FrameWriter::Draw(GstPad*, GstPadProbeInfo* info, gpointer self) {
  auto* writer = static_cast<FrameWriter*>(self);
  GstBuffer* frame = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GST_PAD_PROBE_INFO_DATA(info) = frame;
  const std::lock_guard guard(writer->lock_);
  gst_buffer_memset(frame, 0, static_cast<guint8>(writer->drawn_), gst_buffer_get_size(frame));
  SetRtpTimestamp(frame, RtpTimestamp{static_cast<uint32_t>(writer->drawn_)});
  GST_BUFFER_PTS(frame) = writer->drawn_ * 5 * GST_MSECOND;
  ++writer->drawn_;
  writer->changed_.notify_all();
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn FrameWriter::Send(GstPad*, GstPadProbeInfo*, gpointer self) {
  auto* writer = static_cast<FrameWriter*>(self);
  const std::lock_guard guard(writer->lock_);
  ++writer->sent_;
  writer->changed_.notify_all();
  return GST_PAD_PROBE_OK;
}

bool FrameWriter::WaitFor(const uint64_t& counter, uint64_t more) {
  std::unique_lock guard(lock_);
  const uint64_t wanted = counter + more;
  return changed_.wait_for(guard, std::chrono::seconds(10), [&] { return counter >= wanted; });
}

}  // namespace ball
