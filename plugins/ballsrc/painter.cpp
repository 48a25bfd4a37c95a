// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/painter.h"

#include <algorithm>
#include <cstring>
#include <new>

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

void Blend(uint8_t& value, int color, float part) {
  value = static_cast<uint8_t>(value + part * static_cast<float>(color - value) + 0.5F);
}

// Blends a colour, in the plane's bytes, over neighbouring samples.
void BlendRun(const CoverageRun& run, int bytes, const uint8_t* color, uint8_t* sample) {
  for (const float part : run.coverage) {
    for (int k = 0; k < bytes; ++k) Blend(sample[k], color[k], part);
    sample += bytes;
  }
}

void PaintRow(const Plane& plane, const CoverageRow& row, const uint8_t* brush, uint8_t* picture) {
  const int bytes = plane.pixel_stride;
  BlendRun(row.left, bytes, brush, picture + SampleOffset(plane, row.left.first, row.y));
  if (row.solid_count > 0) {
    std::memcpy(picture + SampleOffset(plane, row.solid_first, row.y), brush,
                static_cast<size_t>(row.solid_count) * bytes);
  }
  BlendRun(row.right, bytes, brush, picture + SampleOffset(plane, row.right.first, row.y));
}

void RestoreRect(const Plane& plane, const SampleRect& rect, const uint8_t* background,
                 uint8_t* picture) {
  const size_t bytes = static_cast<size_t>(rect.right - rect.left) * plane.pixel_stride;
  for (int y = rect.top; y < rect.bottom; ++y) {
    const size_t offset = SampleOffset(plane, rect.left, y);
    std::memcpy(picture + offset, background + offset, bytes);
  }
}

std::unique_ptr<uint8_t[]> Allocate(size_t bytes) {
  return std::unique_ptr<uint8_t[]>(new (std::nothrow) uint8_t[bytes]);
}

}  // namespace

std::unique_ptr<Painter> Painter::Create(const PictureLayout& layout,
                                         const BackgroundSettings& background,
                                         const Colorimetry& colorimetry) {
  auto drawn = Allocate(layout.bytes);
  if (!drawn) return nullptr;
  // Padding too is the same in each picture, and nothing of what the memory held before.
  std::memset(drawn.get(), 0, layout.bytes);
  DrawBackground(background, layout, colorimetry, drawn.get());
  return std::unique_ptr<Painter>(new Painter(layout, colorimetry, std::move(drawn)));
}

Painter::Painter(const PictureLayout& layout, const Colorimetry& colorimetry,
                 std::unique_ptr<uint8_t[]> background)
    : layout_(layout), colorimetry_(colorimetry), background_(std::move(background)) {}

std::unique_ptr<Canvas> Painter::NewCanvas() const {
  auto pixels = Allocate(layout_.bytes);
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
    for (const Plane& plane : grid.planes) RestoreRect(plane, rect, background_.get(), picture);
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
  // One brush a plane, as long as the longest row, so that a row's solid samples are one copy.
  const size_t longest = bounds.right - bounds.left;
  constexpr int kMostBytes = 4;
  brush_.resize(longest * kMostBytes * grid.planes.size());
  for (size_t p = 0; p < grid.planes.size(); ++p) {
    const Plane& plane = grid.planes[p];
    uint8_t* brush = brush_.data() + p * longest * kMostBytes;
    for (size_t i = 0; i < longest * plane.pixel_stride; ++i) {
      brush[i] = color[plane.part[i % plane.pixel_stride]];
    }
  }
  coverage_.Start(disc, area);
  while (const auto row = coverage_.Next()) {
    for (size_t p = 0; p < grid.planes.size(); ++p) {
      PaintRow(grid.planes[p], *row, brush_.data() + p * longest * kMostBytes, picture);
    }
  }
}

}  // namespace ball
