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
    const Real longer = std::max(std::abs(nx), std::abs(ny));
    const Real shorter = std::min(std::abs(nx), std::abs(ny));
    // A box of width w has the variance w * w / 12.
    const Real widened = std::sqrt(shorter * shorter + 12 * blur);
    const Real narrow = std::min(longer, widened);
    const Real wide = std::max(longer, widened);
    flat_ = (wide - narrow) / 2;
    reach_ = (wide + narrow) / 2;
    top_ = 1 / wide;
    tail_scale_ = narrow > 0 ? 1 / (wide * narrow) : 0;
  }

  // Share of the sample that lies inside, and its derivatives by t and by the blur. The latter is
  // half of the second derivative by t, as for every profile that widens by diffusion.
  struct Coverage {
    Real share = 0;
    Real slope = 0;
    Real by_blur = 0;
  };
  Coverage At(Real t) const {
    const Real u = std::abs(t);
    const Real rest = std::max<Real>(reach_ - u, 0);
    const bool flat = u <= flat_;
    const bool seen = u < reach_;
    const Real less = flat && seen ? Real(0.5) - u * top_ : rest * rest * tail_scale_ / 2;
    const Real bend = flat || !seen ? 0 : tail_scale_ / 2;
    return {t > 0 ? 1 - less : less, flat && seen ? top_ : rest * tail_scale_,
            t > 0 ? -bend : bend};
  }

  // Beyond this distance a sample sees nothing of the edge.
  Real reach() const { return reach_; }

  // The largest reach over all directions.
  static Real LargestReach(Real blur) { return (1 + std::sqrt(Real(0.5) + 12 * blur)) / 2; }

 private:
  Real flat_;
  Real reach_;
  Real top_;
  Real tail_scale_;
};

using EdgeProfile = BasicEdgeProfile<double>;

}  // namespace ball::locate
