// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cmath>

namespace ball::locate {

// How a sharp straight edge looks through the samples of a picture: what a sample sees of it, by
// the distance t of its centre from the edge (in samples, positive inside), rises from 0 to 1.
//
// A square sample's shadow along a direction is a trapezoid: a box as wide as |cos| convolved with
// one as wide as |sin|. `blur` is the variance (squared samples) that optics, filters or coding
// add; it widens the narrower box. That is exact for square samples (0), for a bilinear hat across
// an upright edge (1/12), and for a linear ramp (large values); anything else that is symmetric is
// met in its first two moments.
//
// Nothing branches: a loop over many edges becomes vector instructions.
template <typename Real>
class BasicEdgeProfile {
 public:
  // For an edge whose normal is (nx, ny), of length 1.
  BasicEdgeProfile(Real nx, Real ny, Real blur) {
    constexpr Real kNarrowest = Real(1e-4);
    const Real longer = Larger(std::abs(nx), std::abs(ny));
    const Real shorter = Smaller(std::abs(nx), std::abs(ny));
    // A box of width w has the variance w * w / 12.
    const Real widened = Larger(std::sqrt(shorter * shorter + 12 * blur), kNarrowest);
    const Real narrow = Smaller(longer, widened);
    const Real wide = Larger(longer, widened);
    const Real inverse = 1 / (wide * narrow);
    reach_ = (wide + narrow) / 2;
    top_ = narrow * inverse;
    tail_ = narrow;
    per_tail_ = wide * inverse;
  }

  // Share of the sample that lies inside, and its derivatives by t and by the blur. The latter is
  // half of the second derivative by t, as for every profile that widens by diffusion.
  struct Coverage {
    Real share = 0;
    Real slope = 0;
    Real by_blur = 0;
  };
  Coverage At(Real t) const {
    // How far it is to where nothing of the edge is seen, and how much of that is tail.
    const Real rest = Larger(reach_ - std::abs(t), 0);
    const Real tail = Smaller(rest, tail_);
    const Real beyond = top_ * (rest - tail + tail * tail * per_tail_ / 2);
    const Real bend = ((tail > 0) & (tail < tail_)) ? top_ * per_tail_ / 2 : 0;
    return {Real(0.5) + std::copysign(Real(0.5) - beyond, t), top_ * tail * per_tail_,
            -std::copysign(bend, t)};
  }

  // What a sample sees of an edge, at once. (Objects with a constructor inside a loop that is
  // marked `omp simd` keep it from becoming vector instructions.)
  static Coverage Seen(Real nx, Real ny, Real blur, Real t) {
    return BasicEdgeProfile(nx, ny, blur).At(t);
  }

  // Beyond this distance a sample sees nothing of the edge.
  Real reach() const { return reach_; }

  // The largest reach over all directions.
  static Real LargestReach(Real blur) { return (1 + std::sqrt(Real(0.5) + 12 * blur)) / 2; }

 private:
  // By value: with the references of std::max loops do not become vector instructions.
  static Real Larger(Real a, Real b) { return a > b ? a : b; }
  static Real Smaller(Real a, Real b) { return a < b ? a : b; }

  Real reach_;
  Real top_;   // slope in the middle
  Real tail_;  // width of each tail
  Real per_tail_;
};

using EdgeProfile = BasicEdgeProfile<double>;

}  // namespace ball::locate
