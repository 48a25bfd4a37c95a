// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/color.h"

#include <algorithm>
#include <cmath>

namespace ball {
namespace {

uint8_t Quantized(double offset, double scale, double part) {
  return static_cast<uint8_t>(std::clamp(std::lround(offset + scale * part), 0L, 255L));
}

}  // namespace

Rgb RgbFromArgb(uint32_t argb) {
  const auto part = [argb](int shift) { return ((argb >> shift) & 0xff) / 255.0; };
  return {part(16), part(8), part(0)};
}

Rgb RgbFromHsv(double hue, double saturation, double value) {
  // Each part is a trapezoid over the circle of hues, red's plateau being 120 degrees around 0.
  const auto part = [&](double peak) {
    const double away = std::abs(std::remainder(hue - peak, 360.0)) / 60;
    return value * (1 - saturation * std::clamp(away - 1, 0.0, 1.0));
  };
  return {part(0), part(120), part(240)};
}

double HueOf(const Rgb& color) {
  // The angle of the three parts laid out as vectors, 120 degrees apart.
  const double along = color.r - (color.g + color.b) / 2;
  const double aside = (color.g - color.b) * std::sqrt(3.0) / 2;
  if (along == 0 && aside == 0) return 0;
  const double hue = std::atan2(aside, along) * 180 / M_PI;
  return hue < 0 ? hue + 360 : hue;
}

Rgb Mix(const Rgb& from, const Rgb& to, double part) {
  return {std::lerp(from.r, to.r, part), std::lerp(from.g, to.g, part),
          std::lerp(from.b, to.b, part)};
}

CodedColor Encode(const Rgb& color, ColorModel model, const Colorimetry& colorimetry) {
  const double offset = colorimetry.full_range ? 0 : 16;
  const double scale = colorimetry.full_range ? 255 : 219;
  if (model == ColorModel::kRgb) {
    return {Quantized(offset, scale, color.r), Quantized(offset, scale, color.g),
            Quantized(offset, scale, color.b), 255};
  }
  const double kr = colorimetry.kr;
  const double kb = colorimetry.kb;
  const double y = kr * color.r + (1 - kr - kb) * color.g + kb * color.b;
  if (model == ColorModel::kGray) return {Quantized(offset, scale, y), 0, 0, 255};
  const double chroma_scale = colorimetry.full_range ? 255 : 224;
  return {Quantized(offset, scale, y), Quantized(128, chroma_scale, (color.b - y) / (2 * (1 - kb))),
          Quantized(128, chroma_scale, (color.r - y) / (2 * (1 - kr))), 255};
}

}  // namespace ball
