// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include "plugins/ballsrc/picture.h"

namespace ball {

enum class BackgroundPattern {
  kSolid,     // the colour everywhere
  kGradient,  // from the colour in the top-left corner to its shade in the bottom-right one
  kCheckers,  // squares of 32 pixels, in turn of the colour (top-left) and of its shade
  kNoise,     // each pixel somewhere between the colour and its shade; the same in every frame
};

struct BackgroundSettings {
  BackgroundPattern pattern = BackgroundPattern::kSolid;
  uint32_t color = 0xff000000;  // 0xAARRGGBB
  uint32_t seed = 0;            // of the noise

  friend bool operator==(const BackgroundSettings&, const BackgroundSettings&) = default;
};

// The second colour of a pattern: 30 % of the way to white, or to black where the colour is a
// bright one. No further, so that a ball that is easily seen on the colour is so on all of the
// pattern.
Rgb ShadeOf(const Rgb& color);

// How much of the shade pixel (x, y) of a picture shows, from 0 to 1.
double ShadePart(const BackgroundSettings& settings, PictureSize size, int x, int y);

// Draws the background over all samples of a picture; padding is left alone. Samples of coarser
// grids show the mean of the pixels that they stand for.
void DrawBackground(const BackgroundSettings& settings, const PictureLayout& layout,
                    const Colorimetry& colorimetry, uint8_t* picture);

}  // namespace ball
