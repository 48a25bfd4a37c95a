// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plugins/ball.h"
#include "plugins/balllocate/rim_samples.h"

namespace ball::locate {

// The samples that a rim may touch, and what each is thought to be a mixture of. One number a
// sample in each column; all lengths in samples of their layer.
struct RimColumns {
  Column x;
  Column y;
  Column unlikeness;  // to the ball's colour
  Column inner;       // what it would be inside the ball
  Column contrast;    // how much more it would be outside, above 0
  Column variance;    // of that
  std::vector<std::int32_t> sectors;

  std::size_t size() const { return x.size(); }
  void Resize(std::size_t count);
};

// What each sample says of a circle (see RimEquations), and all together of the edge's blur: the
// equation weight * change = right.
struct RimTerms {
  Column nx;
  Column ny;
  Column excess;
  Column gain;
  Column weight;
  double blur_right = 0;
  double blur_weight = 0;

  std::size_t size() const { return nx.size(); }
};

// Compares the samples with a circle whose edge has `edge_blur` (see EdgeProfile).
// `variance_inside` is that of the unlikeness inside the ball, above 0. The gain is per sample that
// the rim moves.
void CompareWithCircle(const RimColumns& rim, const Ball& circle, double edge_blur,
                       double variance_inside, RimTerms& terms);

// What samples on either side of a rim look like: unlikeness to the ball's colour.
struct RimLook {
  Column unlikeness;
  Column inner;       // what it would be inside the ball, by sector
  Column outer;       // the mean outside, by sector
  Column lower;       // the mean of those below the mean outside, by sector
  Column background;  // what it would be outside, predicted
  Column variance;    // of that

  void Resize(std::size_t count);
};

// Ways from a circle's centre through samples, to what lies outside.
struct RimRays {
  std::vector<std::int32_t> samples;
  Column nx;
  Column ny;
  Column reach;  // how far to go from the centre

  void Resize(std::size_t count);
};

// Given nx and ny of any length, makes that 1 and finds how far to go so that the nearest sample
// lies `at_least` outside the circle, which is one of the layer: to 0.25, and at most 0.75 farther
// than that.
void AimOutside(const Ball& circle, double at_least, RimRays& rays);

// How much more of each sample is ball than a circle covers, and the variance of that number.
struct RimShares {
  Column covered;
  Column excess;
  Column variance;
};

// Fills excess and variance. `depths` is how far inside the circle each sample is. Farther outside
// than `predicted`, the background that is most like the ball there counts, so that an edge in it
// is not taken for a bulge.
void CompareShares(const RimLook& look, const Column& depths, float predicted,
                   double variance_inside, RimShares& shares);

}  // namespace ball::locate
