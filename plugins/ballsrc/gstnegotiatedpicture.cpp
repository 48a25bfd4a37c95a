// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/gstnegotiatedpicture.h"

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

constexpr int kTallestSd = 576;

void SetMissing(GstCaps* caps, const char* field, const char* value) {
  GstStructure* structure = gst_caps_get_structure(caps, 0);
  if (gst_structure_has_field(structure, field)) return;
  gst_structure_set(structure, field, G_TYPE_STRING, value, nullptr);
}

}  // namespace

GstCaps* SpellOutColors(GstCaps* caps) {
  GstVideoInfo info;
  if (!gst_video_info_from_caps(&info, caps) || !GST_VIDEO_INFO_IS_YUV(&info)) return caps;
  caps = gst_caps_make_writable(caps);
  const bool sd = GST_VIDEO_INFO_HEIGHT(&info) <= kTallestSd;
  SetMissing(caps, "colorimetry", sd ? GST_VIDEO_COLORIMETRY_BT601 : GST_VIDEO_COLORIMETRY_BT709);
  SetMissing(caps, "chroma-site", sd ? "jpeg" : "mpeg2");
  return caps;
}

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
