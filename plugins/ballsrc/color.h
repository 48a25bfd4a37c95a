// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

namespace ball {

// A non-linear R'G'B' colour; each part from 0 to 1.
struct Rgb {
  double r = 0;
  double g = 0;
  double b = 0;

  friend bool operator==(const Rgb&, const Rgb&) = default;
};

// From 0xAARRGGBB. Alpha is ignored, as videotestsrc does for formats that carry none.
Rgb RgbFromArgb(uint32_t argb);

// From hue (degrees, any), saturation and value (0 to 1).
Rgb RgbFromHsv(double hue, double saturation, double value);

// In degrees from 0 to 360; 0 for a grey, which has none.
double HueOf(const Rgb& color);

// The colour `part` (0 to 1) of the way from one to the other.
Rgb Mix(const Rgb& from, const Rgb& to, double part);

// How a colour is written in the formats that a picture may have.
enum class ColorModel { kYuv, kRgb, kGray };

// How numbers stand for colours: luma's weights of red and blue (BT.601 where not given) and the
// range, 16 to 235 (chroma 16 to 240) or, full, 0 to 255.
struct Colorimetry {
  double kr = 0.299;
  double kb = 0.114;
  bool full_range = false;

  friend bool operator==(const Colorimetry&, const Colorimetry&) = default;
};

// A colour as coded values: Y U V, R G B or Y, and last the value of a byte that means nothing.
using CodedColor = std::array<uint8_t, 4>;

// Formulas: ITU-R BT.601, BT.709, BT.2020 (non-constant luminance): Y = kr R + (1-kr-kb) G + kb B,
// U = (B-Y) / (2 (1-kb)), V = (R-Y) / (2 (1-kr)).
CodedColor Encode(const Rgb& color, ColorModel model, const Colorimetry& colorimetry);

}  // namespace ball
