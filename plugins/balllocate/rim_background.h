// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

#include "plugins/balllocate/frame_view.h"
#include "plugins/balllocate/metric.h"

namespace ball::locate {

// How unlike a ball's colour the samples of a layer are. The number of components is a constant
// because this is asked for hundreds of samples a frame.
template <int kComponents>
class RimBackground {
 public:
  // Colours at most `ball_like` (squared) from `color` cannot be told from it.
  RimBackground(const Layer& layer, const CodedColor& color, const ColorMetric& metric,
                float ball_like)
      : width_(layer.width), height_(layer.height), metric_(metric), ball_like_(ball_like) {
    for (int c = 0; c < kComponents; ++c) {
      components_[c] = layer.components[c];
      color_[c] = static_cast<float>(color[c]);
    }
  }

  // Unlikeness of the sample nearest to (x, y) of the layer; below 0 where there is none, or where
  // it cannot be told from the ball: another ball that touches it is no background.
  float UnlikenessAt(float x, float y) const {
    if (x < -0.5F || y < -0.5F) return -1;
    const int i = Nearest(x);
    const int j = Nearest(y);
    if (i >= width_ || j >= height_) return -1;
    std::array<float, 3> off{};
    float square = 0;
    for (int c = 0; c < kComponents; ++c) {
      off[c] = static_cast<float>(components_[c].At(i, j)) - color_[c];
      square += off[c] * off[c];
    }
    if (square <= ball_like_) return -1;
    return kComponents == 1 ? metric_.Length(off[0]) : metric_.Length(off[0], off[1], off[2]);
  }

 private:
  // Of a coordinate of at least -0.5. (std::lround is a call.)
  static int Nearest(float coordinate) {
    const float from_the_samples_edge = coordinate + 0.5F;
    return static_cast<int>(from_the_samples_edge);
  }

  int width_;
  int height_;
  std::array<Component, kComponents> components_;
  std::array<float, kComponents> color_;
  ColorMetric metric_;
  float ball_like_;
};

}  // namespace ball::locate
