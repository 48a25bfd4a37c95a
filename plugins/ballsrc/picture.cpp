// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/picture.h"

#include <utility>

namespace ball {
namespace {

Plane PlaneAt(const PlaneMemory& memory, int pixel_stride, std::array<uint8_t, 4> part) {
  return {memory.offset, memory.stride, pixel_stride, part};
}

Grid ChromaGrid(PictureSize size, ChromaSite site, std::vector<Plane> planes) {
  return {(size.width + 1) / 2,          (size.height + 1) / 2, 2, site.cosited_across ? 0.5 : 1.0,
          site.cosited_down ? 0.5 : 1.0, std::move(planes)};
}

ColorModel ModelOf(PixelFormat format) {
  switch (format) {
    case PixelFormat::kI420:
    case PixelFormat::kNv12:
      return ColorModel::kYuv;
    case PixelFormat::kGray8:
      return ColorModel::kGray;
    default:
      return ColorModel::kRgb;
  }
}

Plane FirstPlane(PixelFormat format, const PlaneMemory& memory) {
  switch (format) {
    case PixelFormat::kBgrx:
      return PlaneAt(memory, 4, {2, 1, 0, 3});
    case PixelFormat::kRgbx:
      return PlaneAt(memory, 4, {0, 1, 2, 3});
    case PixelFormat::kBgr:
      return PlaneAt(memory, 3, {2, 1, 0});
    case PixelFormat::kRgb:
      return PlaneAt(memory, 3, {0, 1, 2});
    default:
      return PlaneAt(memory, 1, {0});
  }
}

}  // namespace

PictureLayout LayOut(PixelFormat format, PictureSize size, ChromaSite site,
                     const std::array<PlaneMemory, 3>& memory, size_t bytes) {
  PictureLayout layout{size, ModelOf(format), bytes, {}};
  layout.grids.push_back({size.width, size.height, 1, 0.5, 0.5, {FirstPlane(format, memory[0])}});
  if (format == PixelFormat::kI420) {
    layout.grids.push_back(
        ChromaGrid(size, site, {PlaneAt(memory[1], 1, {1}), PlaneAt(memory[2], 1, {2})}));
  }
  if (format == PixelFormat::kNv12) {
    layout.grids.push_back(ChromaGrid(size, site, {PlaneAt(memory[1], 2, {1, 2})}));
  }
  return layout;
}

}  // namespace ball
