// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/color_matcher.h"

#include <algorithm>
#include <cmath>

namespace ball::locate {

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
                          std::abs(wanted - 128.0)};
    }
  }
  // Most pixels of most pictures are near grey: the component farthest from it says no soonest.
  std::stable_sort(bands_.begin(), bands_.begin() + count_,
                   [](const Band& a, const Band& b) { return a.distinctness > b.distinctness; });
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

}  // namespace ball::locate
