// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <optional>

#include "plugins/balllocate/frame_view.h"

namespace ball::locate {

// What raw video caps say; nothing where they are incomplete. GStreamer 1.22 itself forgets a
// `chroma-site` that comes without a `colorimetry`.
std::optional<GstVideoInfo> VideoInfoFrom(const GstCaps* caps);

// A buffer's frame, mapped for reading as long as this lives. (Mapping for writing would copy
// frames whose memory is read-only.) The buffer must outlive it. Streaming thread.
class MappedFrame {
 public:
  // `info` must be of one of the formats in PixelFormat.
  MappedFrame(const GstVideoInfo& info, GstBuffer* buffer);
  ~MappedFrame();
  MappedFrame(const MappedFrame&) = delete;
  MappedFrame& operator=(const MappedFrame&) = delete;

  // Whether the buffer held a frame as `info` says.
  explicit operator bool() const { return mapped_; }

  // The planes where they are, with the frame's colorimetry and chroma site.
  FrameView View() const;

 private:
  GstVideoFrame frame_{};
  bool mapped_ = false;
};

}  // namespace ball::locate
