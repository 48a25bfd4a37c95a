// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/background.h"

#include <algorithm>
#include <cstring>

#include "plugins/ballsrc/noise.h"

namespace ball {
namespace {

constexpr int kSquare = 32;
constexpr double kShadePart = 0.3;

// The two colours of a pattern, as coded values.
struct Palette {
  CodedColor color;
  CodedColor shade;
};

// The mean over the pixels of a picture that sample (x, y) of a grid stands for.
double MeanShadePart(const BackgroundSettings& settings, PictureSize size, int step, int x, int y) {
  if (step == 1) return ShadePart(settings, size, x, y);
  double sum = 0;
  int pixels = 0;
  for (int row = y * step; row < std::min((y + 1) * step, size.height); ++row) {
    for (int column = x * step; column < std::min((x + 1) * step, size.width); ++column) {
      sum += ShadePart(settings, size, column, row);
      ++pixels;
    }
  }
  return sum / pixels;
}

// For values from 0 to 255, where it is much cheaper than std::lround.
uint8_t Nearest(double value) {
  constexpr double kHalf = 0.5;
  return static_cast<uint8_t>(value + kHalf);
}

void WriteSample(const Plane& plane, const Palette& palette, double part, uint8_t* sample) {
  for (int k = 0; k < plane.pixel_stride; ++k) {
    const uint8_t from = palette.color[plane.part[k]];
    const uint8_t to = palette.shade[plane.part[k]];
    sample[k] = Nearest(from + (to - from) * part);
  }
}

void DrawRow(const BackgroundSettings& settings, PictureSize size, const Palette& palette,
             const Grid& grid, int y, uint8_t* picture) {
  for (int x = 0; x < grid.width; ++x) {
    const double part = MeanShadePart(settings, size, grid.step, x, y);
    for (const Plane& plane : grid.planes) {
      uint8_t* row = picture + plane.offset + y * plane.stride;
      WriteSample(plane, palette, part, row + static_cast<ptrdiff_t>(x) * plane.pixel_stride);
    }
  }
}

void RepeatFirstRow(const Grid& grid, uint8_t* picture) {
  for (const Plane& plane : grid.planes) {
    uint8_t* first = picture + plane.offset;
    for (int y = 1; y < grid.height; ++y) {
      std::memcpy(first + y * plane.stride, first,
                  static_cast<size_t>(grid.width) * plane.pixel_stride);
    }
  }
}

}  // namespace

Rgb ShadeOf(const Rgb& color) {
  const bool bright = 0.299 * color.r + 0.587 * color.g + 0.114 * color.b > 0.5;
  return Mix(color, bright ? Rgb{0, 0, 0} : Rgb{1, 1, 1}, kShadePart);
}

double ShadePart(const BackgroundSettings& settings, PictureSize size, int x, int y) {
  switch (settings.pattern) {
    case BackgroundPattern::kGradient:
      return static_cast<double>(x + y) / std::max(1, size.width + size.height - 2);
    case BackgroundPattern::kCheckers:
      return (x / kSquare + y / kSquare) % 2;
    case BackgroundPattern::kNoise:
      return UnitNoise(settings.seed, x, y);
    default:
      return 0;
  }
}

void DrawBackground(const BackgroundSettings& settings, const PictureLayout& layout,
                    const Colorimetry& colorimetry, uint8_t* picture) {
  const Rgb color = RgbFromArgb(settings.color);
  const Palette palette{Encode(color, layout.model, colorimetry),
                        Encode(ShadeOf(color), layout.model, colorimetry)};
  for (const Grid& grid : layout.grids) {
    DrawRow(settings, layout.size, palette, grid, 0, picture);
    if (settings.pattern == BackgroundPattern::kSolid) {
      RepeatFirstRow(grid, picture);
      continue;
    }
    for (int y = 1; y < grid.height; ++y) {
      DrawRow(settings, layout.size, palette, grid, y, picture);
    }
  }
}

}  // namespace ball
