// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/shmframe/gstframebuffer.h"

#include <array>

namespace ball {
namespace {

GstMemory* HeaderMemory(const FrameHeader& header) {
  const auto bytes = Serialize(header);
  auto* copy = g_memdup2(bytes.data(), bytes.size());
  return gst_memory_new_wrapped(GST_MEMORY_FLAG_READONLY, copy, bytes.size(), 0, bytes.size(), copy,
                                g_free);
}

struct BorrowedMemory {
  BufferRef frame;
  GstMemory* memory = nullptr;
  GstMapInfo map = GST_MAP_INFO_INIT;
};

void GiveBack(gpointer borrowed) {
  const std::unique_ptr<BorrowedMemory> owned(static_cast<BorrowedMemory*>(borrowed));
  gst_memory_unmap(owned->memory, &owned->map);
}

// A view of the frame's memory that keeps the whole frame. A mere reference to the memory would not
// do: a pool throws a buffer away that comes back while its memory is still in use elsewhere, and
// with GstParentBufferMeta it comes back just before. Null where it cannot be mapped.
GstMemory* BorrowMemory(GstBuffer* frame, guint index) {
  auto borrowed = std::make_unique<BorrowedMemory>();
  borrowed->frame.reset(gst_buffer_ref(frame));
  borrowed->memory = gst_buffer_peek_memory(frame, index);
  if (!gst_memory_map(borrowed->memory, &borrowed->map, GST_MAP_READ)) return nullptr;
  const GstMapInfo map = borrowed->map;
  return gst_memory_new_wrapped(GST_MEMORY_FLAG_READONLY, map.data, map.size, 0, map.size,
                                borrowed.release(), GiveBack);
}

void RemoveVideoMeta(GstBuffer* buffer) {
  if (auto* meta = gst_buffer_get_video_meta(buffer)) gst_buffer_remove_meta(buffer, &meta->meta);
}

void AddVideoMeta(GstBuffer* frame, const FrameHeader& header, const GstVideoInfo& info) {
  const size_t count = PlaneCount(header.picture.format);
  gsize offsets[GST_VIDEO_MAX_PLANES] = {};
  gint strides[GST_VIDEO_MAX_PLANES] = {};
  for (size_t i = 0; i < count; ++i) {
    offsets[i] = header.planes[i].offset;
    strides[i] = static_cast<gint>(header.planes[i].stride);
  }
  gst_buffer_add_video_meta_full(frame, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info),
                                 header.picture.width, header.picture.height, count, offsets,
                                 strides);
}

}  // namespace

BufferRef MetadataOf(GstBuffer* frame) {
  BufferRef packed(gst_buffer_new());
  gst_buffer_copy_into(packed.get(), frame, GST_BUFFER_COPY_METADATA, 0, -1);
  RemoveVideoMeta(packed.get());  // its offsets would be wrong now
  return packed;
}

BufferRef PackFrame(GstBuffer* frame, const FrameHeader& header) {
  BufferRef packed = MetadataOf(frame);
  gst_buffer_append_memory(packed.get(), HeaderMemory(header));
  for (guint i = 0; i < gst_buffer_n_memory(frame); ++i) {
    if (gst_buffer_peek_memory(frame, i)->size == 0) continue;
    GstMemory* memory = BorrowMemory(frame, i);
    if (memory == nullptr) return {};
    gst_buffer_append_memory(packed.get(), memory);
  }
  return packed;
}

ParsedHeader ReadFrameHeader(GstBuffer* buffer) {
  std::array<std::byte, kMaxFrameHeaderSize> bytes;
  const gsize copied = gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return ParseFrameHeader(std::span(bytes).first(copied), gst_buffer_get_size(buffer));
}

BufferRef ShareFrame(GstBuffer* buffer, const FrameHeader& header, const GstVideoInfo& info) {
  BufferRef frame(
      gst_buffer_copy_region(buffer, GST_BUFFER_COPY_ALL, kFrameHeaderSize, header.payload_size));
  RemoveVideoMeta(frame.get());
  AddVideoMeta(frame.get(), header, info);
  return frame;
}

bool IsPlain(const FrameHeader& header, const GstVideoInfo& info) {
  if (header.payload_size < info.size) return false;
  for (size_t i = 0; i < PlaneCount(header.picture.format); ++i) {
    const Plane implied{info.offset[i], static_cast<uint32_t>(info.stride[i])};
    if (header.planes[i] != implied) return false;
  }
  return true;
}

BufferRef CopyPlain(GstBuffer* frame, const GstVideoInfo& info) {
  BufferRef copy(gst_buffer_new_allocate(nullptr, info.size, nullptr));
  gst_buffer_copy_into(copy.get(), frame, GST_BUFFER_COPY_METADATA, 0, -1);
  RemoveVideoMeta(copy.get());
  GstVideoFrame from;
  GstVideoFrame to;
  if (!gst_video_frame_map(&from, &info, frame, GST_MAP_READ)) return {};
  if (!gst_video_frame_map(&to, &info, copy.get(), GST_MAP_WRITE)) {
    gst_video_frame_unmap(&from);
    return {};
  }
  const gboolean copied = gst_video_frame_copy(&to, &from);
  gst_video_frame_unmap(&to);
  gst_video_frame_unmap(&from);
  return copied ? std::move(copy) : BufferRef{};
}

}  // namespace ball
