// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/inspection.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "plugins/balllocate/directions.h"
#include "plugins/balllocate/metric.h"

namespace ball::locate {
namespace {

constexpr int kRingPoints = 48;
// Points across the disc: 13 x 13 in its square, about 130 in the disc.
constexpr int kHalfGrid = 6;
// The rim and the chroma that it colours, pixels: neither inside nor outside.
constexpr double kRim = 2.0;

// Reads the colours of pixels.
class ColorReader {
 public:
  explicit ColorReader(const Layers& layers) {
    for (const Layer& layer : layers) {
      for (int c = 0; c < layer.component_count; ++c) {
        channels_[layer.first_component + c] = {layer.components[c], layer.scale - 1};
        count_ = std::max(count_, layer.first_component + c + 1);
      }
    }
  }

  // Of pixel (x, y), which must lie inside the picture.
  CodedColor At(int x, int y) const {
    CodedColor color{};
    for (int c = 0; c < count_; ++c) {
      const Channel& channel = channels_[c];
      color[c] = channel.component.At(x >> channel.shift, y >> channel.shift);
    }
    return color;
  }

 private:
  struct Channel {
    Component component;
    int shift = 0;
  };
  std::array<Channel, 3> channels_{};
  int count_ = 0;
};

double Distance(const CodedColor& a, const CodedColor& b) {
  const double u = a[0] - b[0];
  const double v = a[1] - b[1];
  const double w = a[2] - b[2];
  return std::sqrt(u * u + v * v + w * w);
}

// Rounds down. (std::floor is a call.)
int PixelOf(double coordinate) {
  const int towards_zero = static_cast<int>(coordinate);
  return towards_zero > coordinate ? towards_zero - 1 : towards_zero;
}

// Returns the moments of the colours inside.
ColorMoments InspectDisc(const ColorReader& colors, const ColorMatcher& matcher, const Ball& circle,
                         Inspection& result) {
  ColorMoments inside;
  const double reach = std::max(circle.radius - kRim, 0.6 * circle.radius);
  int points = 0;
  int matching = 0;
  for (int j = -kHalfGrid; j <= kHalfGrid; ++j) {
    for (int i = -kHalfGrid; i <= kHalfGrid; ++i) {
      if (i * i + j * j > kHalfGrid * kHalfGrid) continue;
      ++points;
      const int x = PixelOf(circle.x + reach * i / kHalfGrid);
      const int y = PixelOf(circle.y + reach * j / kHalfGrid);
      if (!matcher.Contains(x, y)) continue;
      const CodedColor color = colors.At(x, y);
      inside.Add(color);
      if (matcher.MatchesColor(color)) ++matching;
    }
  }
  result.visible = static_cast<double>(inside.count()) / points;
  result.fill = static_cast<double>(matching) / std::max(inside.count(), 1);
  return inside;
}

// Returns the mean distance of the colours outside to the one inside.
double InspectRing(const FrameView& frame, const ColorReader& reader, const ColorMatcher& matcher,
                   const Ball& circle, double tolerance, Inspection& result) {
  const double luma = LumaOf(result.color, frame);
  double distance = 0;
  int points = 0;
  static const std::vector<Direction> directions = DirectionsRound(kRingPoints);
  for (const Direction& way : directions) {
    const int x = PixelOf(circle.x + (circle.radius + kRim) * way.x);
    const int y = PixelOf(circle.y + (circle.radius + kRim) * way.y);
    if (!matcher.Contains(x, y)) continue;
    ++points;
    const CodedColor color = reader.At(x, y);
    distance += Distance(color, result.color);
    const double above = luma - LumaOf(color, frame);
    if (above >= tolerance) ++result.brighter;
    if (above <= -tolerance) ++result.darker;
    if (matcher.MatchesColor(color)) ++result.surround;
  }
  const double n = std::max(points, 1);
  result.brighter /= n;
  result.darker /= n;
  result.surround /= n;
  return distance / n;
}

}  // namespace

CodedColor ColorAround(const Layers& layers, int x, int y) {
  const Layer& picture = layers.items[0];
  const ColorReader reader(layers);
  ColorMoments colors;
  for (int j = std::max(0, y - 1); j <= std::min(picture.height - 1, y + 1); ++j) {
    for (int i = std::max(0, x - 1); i <= std::min(picture.width - 1, x + 1); ++i) {
      colors.Add(reader.At(i, j));
    }
  }
  return colors.Mean();
}

Inspection Inspect(const FrameView& frame, const ColorMatcher& matcher, const Ball& circle,
                   double tolerance) {
  const ColorReader reader(LayersOf(frame));
  Inspection result;
  const ColorMoments inside = InspectDisc(reader, matcher, circle, result);
  result.color = inside.Mean();
  const Symmetric spread = inside.Covariance();
  const double contrast = InspectRing(frame, reader, matcher, circle, tolerance, result);
  result.unevenness =
      std::sqrt(std::max(0.0, spread[0] + spread[3] + spread[5])) / std::max(contrast, 0.5);
  return result;
}

}  // namespace ball::locate
