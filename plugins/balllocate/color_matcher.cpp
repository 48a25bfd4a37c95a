// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/color_matcher.h"

#include <algorithm>
#include <cmath>

namespace ball::locate {
namespace {

// Samples looked at together.
constexpr int kTogether = 64;

// Whether one of kTogether samples, kStep (1 or 2) bytes apart, lies between low and low + span.
template <int kStep>
bool HoldsAny(const std::uint8_t* bytes, std::uint8_t low, std::uint8_t span) {
  std::uint8_t least = 255;
#pragma omp simd reduction(min : least)
  for (int k = 0; k < kTogether * kStep; ++k) {
    // What lies below `low` wraps round to a large number; another component's is made one.
    const auto others = static_cast<std::uint8_t>(k % kStep == 0 ? 0 : 255);
    const auto above = static_cast<std::uint8_t>((bytes[k] - low) | others);
    least = above < least ? above : least;
  }
  return least <= span;
}

}  // namespace

ColorMatcher::ColorMatcher(const Layers& layers, const CodedColor& color, double tolerance)
    : width_(layers.items[0].width), height_(layers.items[0].height) {
  for (const Layer& layer : layers) {
    for (int c = 0; c < layer.component_count; ++c) {
      const Component& component = layer.components[c];
      const double wanted = color[layer.first_component + c];
      const double low = std::clamp(std::floor(wanted - tolerance), 0.0, 255.0);
      const double high = std::clamp(std::ceil(wanted + tolerance), low, 255.0);
      bands_[count_++] = {component.data,
                          component.stride,
                          component.step,
                          layer.scale - 1,
                          static_cast<std::uint8_t>(low),
                          static_cast<std::uint8_t>(high - low),
                          std::abs(wanted - 128.0),
                          layer.first_component + c};
    }
  }
  // Most pixels of most pictures are near grey: the component farthest from it says no soonest.
  // Sorted by insertion, which keeps the order of equals. (std::stable_sort allocates.)
  const auto is_more_distinct = [](const Band& a, const Band& b) {
    return a.distinctness > b.distinctness;
  };
  for (auto band = bands_.begin(); band != bands_.begin() + count_; ++band) {
    std::rotate(std::upper_bound(bands_.begin(), band, *band, is_more_distinct), band, band + 1);
  }
}

ColorMatcher::Row ColorMatcher::RowAt(int y) const {
  Row row;
  row.count_ = count_;
  for (int c = 0; c < count_; ++c) {
    const Band& band = bands_[c];
    row.bands_[c] = {band.data + std::ptrdiff_t{y >> band.shift} * band.stride, band.step,
                     band.shift, band.low, band.span};
  }
  return row;
}

int ColorMatcher::Row::SkipWithout(int x, int step, int end) const {
  // So few pixels are looked at sooner one by one; and in RGB the samples lie too far apart.
  constexpr int kFew = 8;
  const Band band = bands_[0];
  const int together = kTogether << band.shift;
  const int stride = together / step * step;
  if (band.step > 2 || stride < kFew * step) return x;
  for (; x + together <= end; x += stride) {
    const std::uint8_t* samples = band.row + std::ptrdiff_t{x >> band.shift} * band.step;
    if (band.step == 1 ? HoldsAny<1>(samples, band.low, band.span)
                       : HoldsAny<2>(samples, band.low, band.span)) {
      break;
    }
  }
  return x;
}

}  // namespace ball::locate
