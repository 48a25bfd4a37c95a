// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/frame_view.h"

namespace ball::locate {
namespace {

constexpr double kCentre = 128.0;

bool IsPlanarYuv(PixelFormat format) {
  return format == PixelFormat::kI420 || format == PixelFormat::kNv12;
}

Layer FullLayer(const FrameView& frame) {
  Layer layer;
  layer.width = frame.width;
  layer.height = frame.height;
  return layer;
}

// Byte positions of R, G and B inside a pixel, and the pixel's size.
Layer RgbLayer(const FrameView& frame, int red, int blue, int step) {
  Layer layer = FullLayer(frame);
  const Plane& plane = frame.planes[0];
  const std::array<int, 3> offsets{red, 1, blue};
  layer.component_count = 3;
  for (int c = 0; c < 3; ++c) {
    layer.components[c] = {plane.data + offsets[c], plane.stride, step};
  }
  return layer;
}

Layer LumaLayer(const FrameView& frame) {
  Layer layer = FullLayer(frame);
  layer.component_count = 1;
  layer.components[0] = {frame.planes[0].data, frame.planes[0].stride, 1};
  return layer;
}

Layer ChromaLayer(const FrameView& frame) {
  Layer layer;
  layer.component_count = 2;
  layer.first_component = 1;
  layer.scale = 2;
  layer.width = (frame.width + 1) / 2;
  layer.height = (frame.height + 1) / 2;
  layer.offset_x = frame.chroma_site.cosited_x ? 0.5 : 1.0;
  layer.offset_y = frame.chroma_site.cosited_y ? 0.5 : 1.0;
  const Plane& first = frame.planes[1];
  if (frame.format == PixelFormat::kNv12) {
    layer.components[0] = {first.data, first.stride, 2};
    layer.components[1] = {first.data + 1, first.stride, 2};
  } else {
    layer.components[0] = {first.data, first.stride, 1};
    layer.components[1] = {frame.planes[2].data, frame.planes[2].stride, 1};
  }
  return layer;
}

// Coded value of a signal between 0 and 1.
double CodedUnit(double value, const Colorimetry& colorimetry) {
  return colorimetry.full_range ? 255.0 * value : 16.0 + 219.0 * value;
}

}  // namespace

Layers LayersOf(const FrameView& frame) {
  switch (frame.format) {
    case PixelFormat::kI420:
    case PixelFormat::kNv12:
      return {{LumaLayer(frame), ChromaLayer(frame)}, 2};
    case PixelFormat::kBgrx:
      return {{RgbLayer(frame, 2, 0, 4)}, 1};
    case PixelFormat::kRgbx:
      return {{RgbLayer(frame, 0, 2, 4)}, 1};
    case PixelFormat::kBgr:
      return {{RgbLayer(frame, 2, 0, 3)}, 1};
    case PixelFormat::kRgb:
      return {{RgbLayer(frame, 0, 2, 3)}, 1};
    case PixelFormat::kGray8:
      return {{LumaLayer(frame)}, 1};
  }
  return {};
}

// ITU-R BT.601-7 2.5.1 to 2.5.3 and BT.709-6 3.2 to 3.4, which differ in kr and kb only.
CodedColor ColorInFrame(std::uint32_t argb, const FrameView& frame) {
  const Colorimetry& colors = frame.colorimetry;
  const double red = ((argb >> 16) & 0xff) / 255.0;
  const double green = ((argb >> 8) & 0xff) / 255.0;
  const double blue = (argb & 0xff) / 255.0;
  const double luma = colors.kr * red + (1 - colors.kr - colors.kb) * green + colors.kb * blue;
  if (frame.format == PixelFormat::kGray8) return {CodedUnit(luma, colors), 0, 0};
  if (!IsPlanarYuv(frame.format)) {
    return {CodedUnit(red, colors), CodedUnit(green, colors), CodedUnit(blue, colors)};
  }
  const double span = colors.full_range ? 255.0 : 224.0;
  return {CodedUnit(luma, colors), kCentre + span * (blue - luma) / (2 * (1 - colors.kb)),
          kCentre + span * (red - luma) / (2 * (1 - colors.kr))};
}

double LumaOf(const CodedColor& color, const FrameView& frame) {
  if (frame.format == PixelFormat::kGray8 || IsPlanarYuv(frame.format)) return color[0];
  const Colorimetry& colors = frame.colorimetry;
  return colors.kr * color[0] + (1 - colors.kr - colors.kb) * color[1] + colors.kb * color[2];
}

}  // namespace ball::locate
