// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/shmframe/gstframecaps.h"

#include <algorithm>
#include <iterator>

namespace ball {
namespace {

struct FormatPair {
  FrameFormat ours;
  GstVideoFormat theirs;
};

constexpr FormatPair kFormats[] = {
    {FrameFormat::kI420, GST_VIDEO_FORMAT_I420},   {FrameFormat::kNv12, GST_VIDEO_FORMAT_NV12},
    {FrameFormat::kBgrx, GST_VIDEO_FORMAT_BGRx},   {FrameFormat::kRgbx, GST_VIDEO_FORMAT_RGBx},
    {FrameFormat::kBgra, GST_VIDEO_FORMAT_BGRA},   {FrameFormat::kRgba, GST_VIDEO_FORMAT_RGBA},
    {FrameFormat::kBgr, GST_VIDEO_FORMAT_BGR},     {FrameFormat::kRgb, GST_VIDEO_FORMAT_RGB},
    {FrameFormat::kGray8, GST_VIDEO_FORMAT_GRAY8},
};

// The header's limits are GStreamer's highest numbers; a newer GStreamer may only add to them.
static_assert(GST_VIDEO_COLOR_RANGE_16_235 == 2 && GST_VIDEO_COLOR_MATRIX_RGB == 1 &&
              GST_VIDEO_COLOR_MATRIX_BT2020 == 6 && GST_VIDEO_TRANSFER_BT601 == 16 &&
              GST_VIDEO_COLOR_PRIMARIES_EBU3213 == 12 && GST_VIDEO_CHROMA_SITE_ALT_LINE == 8);
static_assert(kMaxPlanes == GST_VIDEO_MAX_PLANES);

Colorimetry ColorimetryOf(const GstVideoColorimetry& theirs) {
  return {static_cast<uint8_t>(theirs.range), static_cast<uint8_t>(theirs.matrix),
          static_cast<uint8_t>(theirs.transfer), static_cast<uint8_t>(theirs.primaries)};
}

}  // namespace

std::optional<Picture> PictureOf(const GstVideoInfo& info) {
  const auto* format = std::find_if(
      std::begin(kFormats), std::end(kFormats),
      [&](const FormatPair& pair) { return pair.theirs == GST_VIDEO_INFO_FORMAT(&info); });
  constexpr int kMaxSide = 32767;
  const bool fits = info.width <= kMaxSide && info.height <= kMaxSide;
  if (format == std::end(kFormats) || !fits || GST_VIDEO_INFO_IS_INTERLACED(&info)) return {};
  // With a variable rate GStreamer keeps the highest rate there.
  const bool variable = GST_VIDEO_INFO_FLAG_IS_SET(&info, GST_VIDEO_FLAG_VARIABLE_FPS);
  return Picture{format->ours,
                 static_cast<uint32_t>(info.width),
                 static_cast<uint32_t>(info.height),
                 variable ? Fraction{0, 1} : Fraction{info.fps_n, info.fps_d},
                 {info.par_n, info.par_d},
                 ColorimetryOf(info.colorimetry),
                 static_cast<uint32_t>(info.chroma_site)};
}

GstVideoInfo VideoInfoOf(const Picture& picture) {
  const auto* format =
      std::find_if(std::begin(kFormats), std::end(kFormats),
                   [&](const FormatPair& pair) { return pair.ours == picture.format; });
  GstVideoInfo info;
  gst_video_info_init(&info);
  if (format == std::end(kFormats)) return info;
  gst_video_info_set_format(&info, format->theirs, picture.width, picture.height);
  info.fps_n = picture.framerate.numerator;
  info.fps_d = picture.framerate.denominator;
  if (info.fps_n == 0) {
    // GST_VIDEO_INFO_FLAG_SET does not compile as C++.
    info.flags = static_cast<GstVideoFlags>(info.flags | GST_VIDEO_FLAG_VARIABLE_FPS);
  }
  info.par_n = picture.pixel_aspect_ratio.numerator;
  info.par_d = picture.pixel_aspect_ratio.denominator;
  info.colorimetry.range = static_cast<GstVideoColorRange>(picture.colorimetry.range);
  info.colorimetry.matrix = static_cast<GstVideoColorMatrix>(picture.colorimetry.matrix);
  info.colorimetry.transfer = static_cast<GstVideoTransferFunction>(picture.colorimetry.transfer);
  info.colorimetry.primaries = static_cast<GstVideoColorPrimaries>(picture.colorimetry.primaries);
  info.chroma_site = static_cast<GstVideoChromaSite>(picture.chroma_site);
  return info;
}

std::optional<std::chrono::nanoseconds> TimeOf(GstClockTime time) {
  if (time > static_cast<GstClockTime>(G_MAXINT64)) return {};
  return std::chrono::nanoseconds{static_cast<int64_t>(time)};
}

GstClockTime ClockTimeOf(const std::optional<std::chrono::nanoseconds>& time) {
  return time ? static_cast<GstClockTime>(time->count()) : GST_CLOCK_TIME_NONE;
}

}  // namespace ball
