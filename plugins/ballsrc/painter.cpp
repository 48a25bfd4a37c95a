// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/painter.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace ball {
namespace {

// The ball as the samples of a grid see it.
Disc DiscOn(const Grid& grid, const Ball& ball) {
  return {(ball.x - grid.origin_x) / grid.step, (ball.y - grid.origin_y) / grid.step,
          ball.radius / grid.step};
}

// The picture as the samples of a grid see it, and at least the half sample around the outermost
// ones (chroma samples may sit at the very edge of the picture, or outside it).
SampledArea AreaOf(const Grid& grid, PictureSize size) {
  return {grid.width,
          grid.height,
          std::min(-0.5, -grid.origin_x / grid.step),
          std::min(-0.5, -grid.origin_y / grid.step),
          std::max(grid.width - 0.5, (size.width - grid.origin_x) / grid.step),
          std::max(grid.height - 0.5, (size.height - grid.origin_y) / grid.step)};
}

size_t SampleOffset(const Plane& plane, int x, int y) {
  return plane.offset + y * plane.stride + static_cast<size_t>(x) * plane.pixel_stride;
}

// A ball smaller than this, in samples, is so few samples that their rounding to whole values would
// move its centroid by up to 0.02 samples; it is rounded with care, which takes longer.
constexpr double kSmallRadius = 8;

// Rounds the values of one byte of a small ball's rim up or down so that the errors, each times its
// distance from the centre, keep cancelling out: what is left is 2 to 10 times less than by
// rounding each to the nearest.
class BalancedRounding {
 public:
  // `sign` is 1 where a larger value is more of the ball, else -1; (x, y) is relative to the
  // centre.
  int Round(float value, float sign, float x, float y) {
    const int lower = static_cast<int>(value);
    const float rest = value - static_cast<float>(lower);
    if (rest == 0) return lower;
    const float down = -sign * rest;
    const float up = sign * (1 - rest);
    const bool rise = Imbalance(up, x, y) < Imbalance(down, x, y);
    moment_x_ += (rise ? up : down) * x;
    moment_y_ += (rise ? up : down) * y;
    return rise ? lower + 1 : lower;
  }

 private:
  float Imbalance(float error, float x, float y) const {
    const float left_x = moment_x_ + error * x;
    const float left_y = moment_y_ + error * y;
    return left_x * left_x + left_y * left_y;
  }

  float moment_x_ = 0;
  float moment_y_ = 0;
};

float Blended(uint8_t value, uint8_t color, float part) {
  return static_cast<float>(value) + part * static_cast<float>(color - value);
}

// For values from 0 to 255, where it is much cheaper than std::lround.
uint8_t Nearest(float value) {
  constexpr float kHalf = 0.5F;
  return static_cast<uint8_t>(value + kHalf);
}

// Blends a colour, in the plane's bytes, over neighbouring samples.
void BlendRun(const CoverageRun& run, int bytes, const uint8_t* color, uint8_t* sample) {
  for (const float part : run.coverage) {
    for (int k = 0; k < bytes; ++k) {
      sample[k] = Nearest(Blended(sample[k], color[k], part));
    }
    sample += bytes;
  }
}

}  // namespace

// Paints a disc on one plane, row by row.
class Painter::Brush {
 public:
  Brush(const Plane& plane, const Disc& disc, const CodedColor& color, int longest_row)
      : plane_(plane), disc_(disc) {
    // As long as the longest row, so that the solid samples of a row are one copy.
    bytes_.resize(static_cast<size_t>(longest_row) * plane.pixel_stride);
    for (size_t i = 0; i < bytes_.size(); ++i) {
      bytes_[i] = color[plane.part[i % plane.pixel_stride]];
    }
  }

  void PaintRow(const CoverageRow& row, uint8_t* picture) {
    PaintRim(row.left, row.y, picture);
    if (row.solid_count > 0) {
      std::memcpy(picture + SampleOffset(plane_, row.solid_first, row.y), bytes_.data(),
                  static_cast<size_t>(row.solid_count) * plane_.pixel_stride);
    }
    PaintRim(row.right, row.y, picture);
  }

 private:
  void PaintRim(const CoverageRun& run, int y, uint8_t* picture) {
    uint8_t* sample = picture + SampleOffset(plane_, run.first, y);
    if (disc_.radius < kSmallRadius) {
      BlendBalanced(run, y, sample);
    } else {
      BlendRun(run, plane_.pixel_stride, bytes_.data(), sample);
    }
  }

  void BlendBalanced(const CoverageRun& run, int y, uint8_t* sample) {
    auto x = static_cast<float>(run.first - disc_.x);
    for (const float part : run.coverage) {
      for (int k = 0; k < plane_.pixel_stride; ++k) {
        const float value = Blended(sample[k], bytes_[k], part);
        const float sign = bytes_[k] < sample[k] ? -1 : 1;
        sample[k] = static_cast<uint8_t>(
            rounding_[k].Round(value, sign, x, static_cast<float>(y - disc_.y)));
      }
      sample += plane_.pixel_stride;
      ++x;
    }
  }

  const Plane& plane_;
  const Disc& disc_;
  std::vector<uint8_t> bytes_;
  std::array<BalancedRounding, 4> rounding_;
};

namespace {

// Where all rows of the background are the same (`uniform`), its first one serves for all: that
// touches half the memory, which on a large picture is most of the cost of a small ball.
void RestoreRect(const Plane& plane, const SampleRect& rect, bool uniform,
                 const uint8_t* background, uint8_t* picture) {
  const size_t bytes = static_cast<size_t>(rect.right - rect.left) * plane.pixel_stride;
  for (int y = rect.top; y < rect.bottom; ++y) {
    std::memcpy(picture + SampleOffset(plane, rect.left, y),
                background + SampleOffset(plane, rect.left, uniform ? 0 : y), bytes);
  }
}

}  // namespace

std::unique_ptr<Painter> Painter::Create(const PictureLayout& layout,
                                         const BackgroundSettings& background,
                                         const Colorimetry& colorimetry) {
  auto drawn = AllocatePixels(layout.bytes);
  if (!drawn) return nullptr;
  // Padding too is the same in each picture, and nothing of what the memory held before.
  std::memset(drawn.get(), 0, layout.bytes);
  DrawBackground(background, layout, colorimetry, drawn.get());
  return std::unique_ptr<Painter>(new Painter(
      layout, colorimetry, background.pattern == BackgroundPattern::kSolid, std::move(drawn)));
}

Painter::Painter(const PictureLayout& layout, const Colorimetry& colorimetry, bool uniform,
                 PixelMemory background)
    : layout_(layout),
      colorimetry_(colorimetry),
      uniform_(uniform),
      background_(std::move(background)) {}

std::unique_ptr<Canvas> Painter::NewCanvas() const {
  auto pixels = AllocatePixels(layout_.bytes);
  if (!pixels) return nullptr;
  return std::make_unique<Canvas>(Canvas{std::move(pixels), true, {}});
}

void Painter::Paint(Canvas& canvas, std::span<const ColoredBall> balls) {
  uint8_t* picture = canvas.pixels.get();
  if (canvas.blank) {
    std::memcpy(picture, background_.get(), layout_.bytes);
    canvas.blank = false;
  }
  for (const Ball& ball : canvas.balls) Restore(ball, picture);
  canvas.balls.clear();
  for (const ColoredBall& ball : balls) {
    PaintBall(ball, picture);
    canvas.balls.push_back(ball.ball);
  }
}

void Painter::Restore(const Ball& ball, uint8_t* picture) const {
  for (const Grid& grid : layout_.grids) {
    const SampleRect rect = BoundsOf(DiscOn(grid, ball), AreaOf(grid, layout_.size));
    for (const Plane& plane : grid.planes)
      RestoreRect(plane, rect, uniform_, background_.get(), picture);
  }
}

void Painter::PaintBall(const ColoredBall& ball, uint8_t* picture) {
  const CodedColor color = Encode(ball.color, layout_.model, colorimetry_);
  for (const Grid& grid : layout_.grids) {
    PaintOnGrid(grid, DiscOn(grid, ball.ball), color, picture);
  }
}

void Painter::PaintOnGrid(const Grid& grid, const Disc& disc, const CodedColor& color,
                          uint8_t* picture) {
  const SampledArea area = AreaOf(grid, layout_.size);
  const SampleRect bounds = BoundsOf(disc, area);
  if (bounds.Empty()) return;
  std::vector<Brush> brushes;
  brushes.reserve(grid.planes.size());
  for (const Plane& plane : grid.planes) {
    brushes.emplace_back(plane, disc, color, bounds.right - bounds.left);
  }
  coverage_.Start(disc, area);
  while (const auto row = coverage_.Next()) {
    for (Brush& brush : brushes) brush.PaintRow(*row, picture);
  }
}

}  // namespace ball
