// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "plugins/balllocate/frame_view.h"

namespace ball::locate {

// Says of a pixel whether it has a colour: every component lies within `tolerance` (coded levels,
// 0 to 255) of the colour's. Keeps pointers into the frame. Streaming thread.
class ColorMatcher {
 public:
  ColorMatcher(const Layers& layers, const CodedColor& color, double tolerance);

  // One row of pixels, for scanning along it.
  class Row {
   public:
    bool Matches(int x) const {
      for (int c = 0; c < matcher_->count_; ++c) {
        const Band& band = matcher_->bands_[c];
        if (!band.Holds(rows_[c][std::ptrdiff_t{x >> band.shift} * band.step])) return false;
      }
      return true;
    }

   private:
    friend class ColorMatcher;
    const ColorMatcher* matcher_ = nullptr;
    std::array<const std::uint8_t*, 3> rows_{};
  };

  // Row y of the picture; valid as long as the matcher is.
  Row RowAt(int y) const;

  // Whether pixel (x, y), which must lie inside the picture, has the colour.
  bool Matches(int x, int y) const {
    for (int c = 0; c < count_; ++c) {
      const Band& band = bands_[c];
      const std::ptrdiff_t row = y >> band.shift;
      const std::ptrdiff_t column = x >> band.shift;
      if (!band.Holds(band.data[row * band.stride + column * band.step])) return false;
    }
    return true;
  }

  // The same for any (x, y): outside the picture nothing has the colour.
  bool MatchesInside(int x, int y) const { return Contains(x, y) && Matches(x, y); }

  // Whether pixel (x, y) lies inside the picture.
  bool Contains(int x, int y) const { return x >= 0 && y >= 0 && x < width_ && y < height_; }

  int width() const { return width_; }
  int height() const { return height_; }

 private:
  // The values of one component that count as the colour: low to low + span.
  struct Band {
    const std::uint8_t* data = nullptr;
    std::ptrdiff_t stride = 0;
    int step = 1;
    int shift = 0;
    std::uint8_t low = 0;
    std::uint8_t span = 0;
    double distinctness = 0;

    // One comparison: what lies below `low` wraps round to a large number.
    bool Holds(std::uint8_t value) const { return static_cast<std::uint8_t>(value - low) <= span; }
  };

  std::array<Band, 3> bands_{};
  int count_ = 0;
  int width_ = 0;
  int height_ = 0;
};

}  // namespace ball::locate
