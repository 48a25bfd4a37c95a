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
class EdgeProfile {
 public:
  // For an edge whose normal is (nx, ny), of length 1.
  EdgeProfile(double nx, double ny, double blur) {
    const double longer = std::max(std::abs(nx), std::abs(ny));
    const double shorter = std::min(std::abs(nx), std::abs(ny));
    // A box of width w has the variance w * w / 12.
    const double widened = std::sqrt(shorter * shorter + 12 * blur);
    const double narrow = std::min(longer, widened);
    wide_ = std::max(longer, widened);
    flat_ = (wide_ - narrow) / 2;
    reach_ = (wide_ + narrow) / 2;
    tail_scale_ = narrow > 0 ? 1 / (wide_ * narrow) : 0;
  }

  // Share of the sample that lies inside, and its derivatives by t and by the blur. The latter is
  // half of the second derivative by t, as for every profile that widens by diffusion.
  struct Coverage {
    double share = 0;
    double slope = 0;
    double by_blur = 0;
  };
  Coverage At(double t) const {
    const double u = std::abs(t);
    if (u >= reach_) return {t > 0 ? 1.0 : 0.0, 0.0, 0.0};
    if (u <= flat_) return {0.5 + t / wide_, 1 / wide_, 0.0};
    const double rest = reach_ - u;
    const double tail = rest * rest * tail_scale_ / 2;
    const double bend = tail_scale_ / 2;
    return {t > 0 ? 1 - tail : tail, rest * tail_scale_, t > 0 ? -bend : bend};
  }

  // Beyond this distance a sample sees nothing of the edge.
  double reach() const { return reach_; }

  // The largest reach over all directions.
  static double LargestReach(double blur) { return (1 + std::sqrt(0.5 + 12 * blur)) / 2; }

 private:
  double wide_;
  double flat_;
  double reach_;
  double tail_scale_;
};

}  // namespace ball::locate
