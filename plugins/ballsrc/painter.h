// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "plugins/ballsrc/background.h"
#include "plugins/ballsrc/coverage.h"
#include "plugins/ballsrc/picture.h"
#include "plugins/ballsrc/pixel_memory.h"
#include "plugins/ballsrc/scene.h"

namespace ball {

// The memory of one picture, which knows what has been painted on it. Only the painter that it was
// made by can paint on it.
struct Canvas {
  PixelMemory pixels;
  bool blank = true;        // nothing has been painted yet, not even the background
  std::vector<Ball> balls;  // painted on the background
};

// Paints balls on a background that stands still.
//
// A canvas keeps its background from picture to picture: only where balls were and where they are
// is painted, so that the cost depends on the balls, not on the size of the picture.
//
// A sample that a ball covers in part is blended by that part (see DiscCoverage), in coded values.
// One thread at a time.
class Painter {
 public:
  // Draws the background. Nothing where there is no memory for it.
  static std::unique_ptr<Painter> Create(const PictureLayout& layout,
                                         const BackgroundSettings& background,
                                         const Colorimetry& colorimetry);

  // A canvas of the layout's size. Nothing where there is no memory for it.
  std::unique_ptr<Canvas> NewCanvas() const;

  // Makes the canvas show these balls and nothing else, the last one in front.
  void Paint(Canvas& canvas, std::span<const ColoredBall> balls);

 private:
  class Brush;

  Painter(const PictureLayout& layout, const Colorimetry& colorimetry, bool uniform,
          PixelMemory background);

  void Restore(const Ball& ball, uint8_t* picture) const;
  void PaintBall(const ColoredBall& ball, uint8_t* picture);
  void PaintOnGrid(const Grid& grid, const Disc& disc, const CodedColor& color, uint8_t* picture);

  PictureLayout layout_;
  Colorimetry colorimetry_;
  bool uniform_;  // all rows of the background are the same
  PixelMemory background_;
  DiscCoverage coverage_;
};

}  // namespace ball
