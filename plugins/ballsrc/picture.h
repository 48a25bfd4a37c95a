// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "plugins/ballsrc/color.h"
#include "plugins/ballsrc/trajectory.h"

namespace ball {

enum class PixelFormat { kI420, kNv12, kBgrx, kRgbx, kBgr, kRgb, kGray8 };

// Where a chroma sample sits: on the first of the luma samples that it belongs to (cosited), or in
// the middle between them.
struct ChromaSite {
  bool cosited_across = false;
  bool cosited_down = false;
};

// The bytes of a plane: sample (i, j) starts at offset + j * stride + i * pixel_stride, and its
// byte k is the part `part[k]` of a CodedColor.
struct Plane {
  size_t offset = 0;
  size_t stride = 0;
  int pixel_stride = 1;
  std::array<uint8_t, 4> part{};
};

// Samples on a regular grid: sample (i, j) sits at (origin_x + i * step, origin_y + j * step) in
// the picture's pixels. Planes with the same grid share it, for what is computed once a grid.
struct Grid {
  int width = 0;
  int height = 0;
  int step = 1;
  double origin_x = 0.5;
  double origin_y = 0.5;
  std::vector<Plane> planes;
};

// Where the bytes of the planes are: what differs between two pictures of one format and size.
struct PlaneMemory {
  size_t offset = 0;
  size_t stride = 0;
};

// A picture in memory, `bytes` long.
struct PictureLayout {
  PictureSize size;
  ColorModel model = ColorModel::kRgb;
  size_t bytes = 0;
  std::vector<Grid> grids;
};

// `memory` has as many entries as the format has planes; unused ones are ignored. Subsampled planes
// of an odd size are rounded up.
PictureLayout LayOut(PixelFormat format, PictureSize size, ChromaSite site,
                     const std::array<PlaneMemory, 3>& memory, size_t bytes);

}  // namespace ball
