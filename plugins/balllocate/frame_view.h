// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ball::locate {

// The layouts that the locator reads as they are.
enum class PixelFormat { kI420, kNv12, kBgrx, kRgbx, kBgr, kRgb, kGray8 };

// How RGB and the coded values of a frame hang together. kr and kb are the luma weights of red and
// blue (ITU-R BT.601: 0.299 and 0.114); with full_range the values 0 to 255 are used, otherwise
// luma and RGB lie in 16 to 235 and chroma in 16 to 240.
struct Colorimetry {
  double kr = 0.299;
  double kb = 0.114;
  bool full_range = false;
};

// Where the samples of a subsampled chroma plane lie: on the even luma samples (cosited) or in the
// middle between two.
struct ChromaSite {
  bool cosited_x = false;
  bool cosited_y = false;
};

// One plane of a frame; rows are `stride` bytes apart (which may be negative).
struct Plane {
  const std::uint8_t* data = nullptr;
  std::ptrdiff_t stride = 0;
};

// A frame that somebody else owns, read only. I420 has planes Y, U, V; NV12 has Y and UV; all
// others have one. Chroma planes are (width + 1) / 2 by (height + 1) / 2.
struct FrameView {
  PixelFormat format = PixelFormat::kGray8;
  int width = 0;
  int height = 0;
  std::array<Plane, 3> planes{};
  Colorimetry colorimetry{};
  ChromaSite chroma_site{};
};

// One colour component of a frame: sample (i, j) is data[j * stride + i * step].
struct Component {
  const std::uint8_t* data = nullptr;
  std::ptrdiff_t stride = 0;
  int step = 1;

  std::uint8_t At(int i, int j) const { return data[j * stride + std::ptrdiff_t{i} * step]; }
};

// Components with one resolution. Sample (i, j) stands for scale x scale pixels and is centred at
// (scale * i + offset_x, scale * j + offset_y) in the picture.
struct Layer {
  std::array<Component, 3> components{};
  int component_count = 0;
  int first_component = 0;  // index of components[0] in a CodedColor
  int scale = 1;
  int width = 0;
  int height = 0;
  double offset_x = 0.5;
  double offset_y = 0.5;
};

// A frame as its layers: RGB and grey have one, subsampled YUV has luma and chroma.
struct Layers {
  std::array<Layer, 2> items{};
  int count = 0;

  const Layer* begin() const { return items.data(); }
  const Layer* end() const { return items.data() + count; }
};

// Splits a frame into its layers. The planes must have the sizes that FrameView asks for.
Layers LayersOf(const FrameView& frame);

// A colour in a frame's own coded values, 0 to 255: Y, U, V or R, G, B or Y.
using CodedColor = std::array<double, 3>;

// The coded values of an ARGB colour (0xAARRGGBB, alpha is ignored) in a frame of this format and
// colorimetry.
CodedColor ColorInFrame(std::uint32_t argb, const FrameView& frame);

// Luma of a colour that was read from a frame, 0 to 255 in the frame's own range.
double LumaOf(const CodedColor& color, const FrameView& frame);

// Reads the luma of pixels, 0 to 255 in the frame's own range. The frame must outlive it.
class LumaReader {
 public:
  explicit LumaReader(const FrameView& frame) : frame_(frame), picture_(LayersOf(frame).items[0]) {}

  // Of pixel (x, y), which must lie inside the picture.
  double At(int x, int y) const {
    if (picture_.component_count == 1) return picture_.components[0].At(x, y);
    CodedColor color{};
    for (int c = 0; c < picture_.component_count; ++c) color[c] = picture_.components[c].At(x, y);
    return LumaOf(color, frame_);
  }

  // Of every `step`th pixel of a row from (x, y) on, as many as `end` - `out`, times kScale,
  // rounded down.
  template <int kScale = 1, typename Whole>
  void ReadRow(int x, int y, int step, Whole* out, const Whole* end) const {
    const Component luma = picture_.components[0];
    if (picture_.component_count == 1) {
      for (; out != end; ++out, x += step) *out = static_cast<Whole>(kScale * luma.At(x, y));
    } else {
      for (; out != end; ++out, x += step) *out = static_cast<Whole>(kScale * At(x, y));
    }
  }

 private:
  const FrameView& frame_;
  const Layer picture_;
};

}  // namespace ball::locate
