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

// Compares the samples with a circle whose edge has `blur` (see EdgeProfile). `inner_variance` is
// that of the unlikeness inside the ball, above 0. The gain is per sample that the rim moves.
void CompareWithCircle(const RimColumns& rim, const Ball& circle, double blur,
                       double inner_variance, RimTerms& terms);

}  // namespace ball::locate
