// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
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

  // One row of pixels, for scanning along it. Valid as long as the matcher is.
  class Row {
   public:
    bool Matches(int x) const {
      // Inlined and first, because it decides nearly always.
      if (!bands_[0].Holds(x)) return false;
      for (int c = 1; c < count_; ++c) {
        if (!bands_[c].Holds(x)) return false;
      }
      return true;
    }

    // The first of x, x + step, x + 2 step... that matches; at least `end` if none below does,
    // which is at most the last pixel of the row.
    int FirstMatch(int x, int step, int end) const {
      const Band first = bands_[0];
      while (x < end) {
        // A match in front is likely inside a ball; elsewhere whole chunks have nothing like it.
        if (!first.Holds(x)) x = SkipWithout(x, step, end);
        const int chunk_end = std::min(end, x + kChunk);
        for (; x < chunk_end; x += step) {
          if (first.Holds(x) && Matches(x)) return x;
        }
      }
      return x;
    }

   private:
    friend class ColorMatcher;
    static constexpr int kChunk = 128;

    // The first of x, x + step... before which there are only chunks without the colour; x itself
    // where it is cheaper to look at each.
    int SkipWithout(int x, int step, int end) const;

    struct Band {
      const std::uint8_t* row = nullptr;
      int step = 1;
      int shift = 0;
      std::uint8_t low = 0;
      std::uint8_t span = 0;

      bool Holds(int x) const {
        return static_cast<std::uint8_t>(row[std::ptrdiff_t{x >> shift} * step] - low) <= span;
      }
    };
    std::array<Band, 3> bands_{};
    int count_ = 0;
  };

  // Row y of the picture.
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

  // Whether a colour that was read from the frame is the colour.
  bool MatchesColor(const CodedColor& color) const {
    for (int c = 0; c < count_; ++c) {
      const Band& band = bands_[c];
      if (!band.Holds(static_cast<std::uint8_t>(color[band.component]))) return false;
    }
    return true;
  }

  // The same for any (x, y): outside the picture nothing has the colour.
  bool MatchesInside(int x, int y) const { return Contains(x, y) && Matches(x, y); }

  // Whether pixel (x, y) lies inside the picture.
  bool Contains(int x, int y) const { return x >= 0 && y >= 0 && x < width_ && y < height_; }

  // How many have to match.
  int components() const { return count_; }
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
    int component = 0;  // in a CodedColor

    // One comparison: what lies below `low` wraps round to a large number.
    bool Holds(std::uint8_t value) const { return static_cast<std::uint8_t>(value - low) <= span; }
  };

  std::array<Band, 3> bands_{};
  int count_ = 0;
  int width_ = 0;
  int height_ = 0;
};

}  // namespace ball::locate
