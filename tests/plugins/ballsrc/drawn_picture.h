// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <vector>

#include "plugins/ballsrc/painter.h"
#include "plugins/ballsrc/picture.h"

namespace ball {

// A layout whose rows are padded to 16 bytes, one plane after the other.
inline PictureLayout PaddedLayout(PixelFormat format, PictureSize size, ChromaSite site = {}) {
  const auto padded = [](size_t bytes) { return (bytes + 15) / 16 * 16; };
  const size_t chroma_height = (size.height + 1) / 2;
  const size_t chroma_width = (size.width + 1) / 2;
  std::array<PlaneMemory, 3> memory{};
  const auto plain = [&](size_t bytes) {
    memory[0] = {0, padded(size.width * bytes)};
    return memory[0].stride * size.height;
  };
  size_t bytes = 0;
  switch (format) {
    case PixelFormat::kI420:
      bytes = plain(1);
      memory[1] = {bytes, padded(chroma_width)};
      memory[2] = {bytes + memory[1].stride * chroma_height, memory[1].stride};
      bytes += 2 * memory[1].stride * chroma_height;
      break;
    case PixelFormat::kNv12:
      bytes = plain(1);
      memory[1] = {bytes, padded(2 * chroma_width)};
      bytes += memory[1].stride * chroma_height;
      break;
    case PixelFormat::kBgrx:
    case PixelFormat::kRgbx:
      bytes = plain(4);
      break;
    case PixelFormat::kBgr:
    case PixelFormat::kRgb:
      bytes = plain(3);
      break;
    case PixelFormat::kGray8:
      bytes = plain(1);
      break;
  }
  return LayOut(format, size, site, memory, bytes);
}

inline uint8_t SampleOf(const Plane& plane, const uint8_t* picture, int x, int y, int byte) {
  return picture[plane.offset + y * plane.stride + static_cast<size_t>(x) * plane.pixel_stride +
                 byte];
}

// What is seen of a ball in one byte of one plane: its centroid in pixels of the picture and its
// area in pixels, weighted by how far each sample went from the background to the ball's value.
struct Seen {
  double x = 0;
  double y = 0;
  double area = 0;
};

inline Seen SeenIn(const Grid& grid, const Plane& plane, int byte, const uint8_t* picture,
                   const uint8_t* background, uint8_t value) {
  Seen sum;
  for (int y = 0; y < grid.height; ++y) {
    for (int x = 0; x < grid.width; ++x) {
      const int before = SampleOf(plane, background, x, y, byte);
      const int after = SampleOf(plane, picture, x, y, byte);
      if (before == after) continue;
      const double part = static_cast<double>(after - before) / (value - before);
      sum.area += part;
      sum.x += part * (grid.origin_x + grid.step * x);
      sum.y += part * (grid.origin_y + grid.step * y);
    }
  }
  return {sum.x / sum.area, sum.y / sum.area, sum.area * grid.step * grid.step};
}

}  // namespace ball
