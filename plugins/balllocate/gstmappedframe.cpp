// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/gstmappedframe.h"

namespace ball::locate {
namespace {

PixelFormat FormatOf(const GstVideoInfo& info) {
  switch (GST_VIDEO_INFO_FORMAT(&info)) {
    case GST_VIDEO_FORMAT_I420:
      return PixelFormat::kI420;
    case GST_VIDEO_FORMAT_NV12:
      return PixelFormat::kNv12;
    case GST_VIDEO_FORMAT_BGRx:
      return PixelFormat::kBgrx;
    case GST_VIDEO_FORMAT_RGBx:
      return PixelFormat::kRgbx;
    case GST_VIDEO_FORMAT_BGR:
      return PixelFormat::kBgr;
    case GST_VIDEO_FORMAT_RGB:
      return PixelFormat::kRgb;
    default:
      return PixelFormat::kGray8;
  }
}

}  // namespace

std::optional<GstVideoInfo> VideoInfoFrom(const GstCaps* caps) {
  GstVideoInfo info;
  if (!gst_video_info_from_caps(&info, caps)) return {};
  const char* site = gst_structure_get_string(gst_caps_get_structure(caps, 0), "chroma-site");
  if (site != nullptr) info.chroma_site = gst_video_chroma_site_from_string(site);
  return info;
}

MappedFrame::MappedFrame(const GstVideoInfo& info, GstBuffer* buffer) {
  mapped_ = gst_video_frame_map(
      &frame_, &info, buffer,
      static_cast<GstMapFlags>(int{GST_MAP_READ} | GST_VIDEO_FRAME_MAP_FLAG_NO_REF));
}

MappedFrame::~MappedFrame() {
  if (mapped_) gst_video_frame_unmap(&frame_);
}

FrameView MappedFrame::View() const {
  const GstVideoInfo& info = frame_.info;
  FrameView view;
  view.format = FormatOf(info);
  view.width = GST_VIDEO_FRAME_WIDTH(&frame_);
  view.height = GST_VIDEO_FRAME_HEIGHT(&frame_);
  for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES(&frame_); ++plane) {
    view.planes[plane] = {static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame_, plane)),
                          GST_VIDEO_FRAME_PLANE_STRIDE(&frame_, plane)};
  }
  // Where the matrix is not known (RGB), BT.601's weights stay.
  gst_video_color_matrix_get_Kr_Kb(info.colorimetry.matrix, &view.colorimetry.kr,
                                   &view.colorimetry.kb);
  view.colorimetry.full_range = info.colorimetry.range != GST_VIDEO_COLOR_RANGE_16_235;
  view.chroma_site = {(info.chroma_site & GST_VIDEO_CHROMA_SITE_H_COSITED) != 0,
                      (info.chroma_site & GST_VIDEO_CHROMA_SITE_V_COSITED) != 0};
  return view;
}

}  // namespace ball::locate
