// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/plugins/shmframe/test_frames.h"

namespace ball {

std::string VideoCaps(const std::string& fields) {
  const bool has_rate = fields.find("framerate") != std::string::npos;
  return "video/x-raw," + fields + (has_rate ? "" : ",framerate=30/1");
}

GstVideoInfo InfoOf(const std::string& caps) {
  GstVideoInfo info;
  const CapsRef parsed(gst_caps_from_string(caps.c_str()));
  gst_video_info_from_caps(&info, parsed.get());
  return info;
}

BufferRef MakeFrame(const std::string& caps, GstClockTime pts) {
  const gsize size = InfoOf(caps).size;
  std::vector<uint8_t> bytes(size);
  for (gsize i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i * 31 + i / 256);
  BufferRef frame(gst_buffer_new_allocate(nullptr, size, nullptr));
  gst_buffer_fill(frame.get(), 0, bytes.data(), size);
  GST_BUFFER_PTS(frame.get()) = pts;
  GST_BUFFER_DURATION(frame.get()) = GST_SECOND / 30;
  return frame;
}

std::vector<uint8_t> BytesOf(GstBuffer* buffer) {
  std::vector<uint8_t> bytes(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

std::vector<uint8_t> PictureBytesOf(const GstVideoInfo& info, GstBuffer* frame) {
  std::vector<uint8_t> bytes;
  GstVideoFrame mapped;
  if (!gst_video_frame_map(&mapped, &info, frame, GST_MAP_READ)) return bytes;
  for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES(&mapped); ++plane) {
    // The first component of a plane tells its size; NV12's second plane has two bytes a sample.
    const guint component = plane;
    const int row_bytes = GST_VIDEO_FRAME_COMP_WIDTH(&mapped, component) *
                          GST_VIDEO_FRAME_COMP_PSTRIDE(&mapped, component);
    const auto* row = static_cast<const uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&mapped, plane));
    for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(&mapped, component); ++y) {
      bytes.insert(bytes.end(), row, row + row_bytes);
      row += GST_VIDEO_FRAME_PLANE_STRIDE(&mapped, plane);
    }
  }
  gst_video_frame_unmap(&mapped);
  return bytes;
}

const void* AddressOf(GstBuffer* buffer, guint index) {
  GstMemory* memory = gst_buffer_peek_memory(buffer, index);
  GstMapInfo map;
  if (!gst_memory_map(memory, &map, GST_MAP_READ)) return nullptr;
  const void* address = map.data;
  gst_memory_unmap(memory, &map);
  return address;
}

BufferRef Pack(const std::string& caps, BufferRef frame) {
  const HarnessPtr pay(gst_harness_new("shmpay"));
  gst_harness_set_src_caps_str(pay.get(), caps.c_str());
  gst_harness_push(pay.get(), frame.release());
  return BufferRef(gst_harness_pull(pay.get()));
}

BusPtr WatchBus(const HarnessPtr& harness) {
  BusPtr bus(gst_bus_new());
  gst_element_set_bus(harness->element, bus.get());
  return bus;
}

std::string NextMessage(const BusPtr& bus, GstMessageType type) {
  g_autoptr(GstMessage) message = gst_bus_pop_filtered(bus.get(), type);
  if (message == nullptr) return {};
  g_autoptr(GError) error = nullptr;
  if (type == GST_MESSAGE_ERROR) gst_message_parse_error(message, &error, nullptr);
  if (type == GST_MESSAGE_WARNING) gst_message_parse_warning(message, &error, nullptr);
  return error == nullptr ? std::string() : error->message;
}

}  // namespace ball
