// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/negotiatedpicture.h"

namespace ball {
namespace {

PixelFormat FormatOf(const GstVideoInfo& info) {
  switch (GST_VIDEO_INFO_FORMAT(&info)) {
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
    case GST_VIDEO_FORMAT_GRAY8:
      return PixelFormat::kGray8;
    default:
      return PixelFormat::kI420;
  }
}

}  // namespace

PictureLayout LayoutOf(const GstVideoInfo& info) {
  std::array<PlaneMemory, 3> memory{};
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES(&info) && i < memory.size(); ++i) {
    memory[i] = {GST_VIDEO_INFO_PLANE_OFFSET(&info, i),
                 static_cast<size_t>(GST_VIDEO_INFO_PLANE_STRIDE(&info, i))};
  }
  const GstVideoChromaSite site = GST_VIDEO_INFO_CHROMA_SITE(&info);
  return LayOut(FormatOf(info), {GST_VIDEO_INFO_WIDTH(&info), GST_VIDEO_INFO_HEIGHT(&info)},
                {(site & GST_VIDEO_CHROMA_SITE_H_COSITED) != 0,
                 (site & GST_VIDEO_CHROMA_SITE_V_COSITED) != 0},
                memory, GST_VIDEO_INFO_SIZE(&info));
}

Colorimetry ColorimetryOf(const GstVideoInfo& info) {
  Colorimetry colorimetry;
  const GstVideoColorimetry& negotiated = GST_VIDEO_INFO_COLORIMETRY(&info);
  gst_video_color_matrix_get_Kr_Kb(negotiated.matrix, &colorimetry.kr, &colorimetry.kb);
  colorimetry.full_range = negotiated.range == GST_VIDEO_COLOR_RANGE_0_255;
  return colorimetry;
}

}  // namespace ball
