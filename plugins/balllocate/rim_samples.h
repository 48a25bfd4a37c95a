// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "plugins/ball.h"
#include "plugins/balllocate/frame_view.h"
#include "plugins/balllocate/metric.h"

namespace ball::locate {

// One number for each sample. Loops over columns become vector instructions, which they are too
// short for if their numbers lie a struct apart.
using Column = std::vector<float>;

// How many samples were chosen, their mean colour, and how they vary about it.
struct ColorSpread {
  int count = 0;
  CodedColor mean{};
  Symmetric covariance{};
};

// The samples of a layer about a circle's rim, as columns. All lengths are in samples of the layer,
// positions relative to the circle's centre. Keeps its buffers from call to call.
class RimSamples {
 public:
  // Reads the samples whose distance from the circle (in the layer's own coordinates, where sample
  // (i, j) is at (i, j)) is at most `half_width`, or if that were many more than `enough` as many
  // lines of them.
  void Read(const Layer& layer, const Ball& circle, double half_width, double enough);

  int count() const { return static_cast<int>(x_.size()); }
  const Column& x() const { return x_; }
  const Column& y() const { return y_; }
  const std::vector<std::int32_t>& sectors() const { return sectors_; }

  // How far inside a circle (relative to the one that was read) each sample is.
  void DepthsIn(const Ball& circle, Column& depths) const;
  // Share of each sample inside a circle whose edge has `blur` (see EdgeProfile).
  void CoveredBy(const Ball& circle, double blur, Column& shares) const;
  // Of those whose `chosen` is 1; it must be 0 for the others.
  ColorSpread SpreadOf(const Column& chosen) const;
  // Squared distance of each sample's colour from `color`.
  void SquaresFrom(const CodedColor& color, Column& squares) const;
  // The distance by a metric.
  void LengthsFrom(const CodedColor& color, const ColorMetric& metric, Column& lengths) const;

 private:
  void ReadValues(const Layer& layer);
  void Place(float left, float top);

  struct Index {
    std::int32_t column;
    std::int32_t row;
  };
  std::vector<Index> indices_;
  Column x_;
  Column y_;
  // Levels less 128, so that their squares' sums are exact; 0 for components that the layer lacks.
  std::array<Column, 3> values_;
  int components_ = 0;
  std::vector<std::int32_t> sectors_;
};

// Chooses (1, otherwise 0) samples at least `guard` inside.
void ChooseInside(const Column& depths, float guard, Column& chosen);
// Chooses samples at least `guard` outside whose `squares` is above `least`.
void ChooseOutside(const Column& depths, float guard, const Column& squares, float least,
                   Column& chosen);

}  // namespace ball::locate
