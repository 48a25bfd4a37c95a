// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

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
  EdgeProfile(double nx, double ny, double blur);

  // Share of the sample that lies inside, and its derivative by t.
  struct Coverage {
    double share = 0;
    double slope = 0;
  };
  Coverage At(double t) const;

  // Beyond this distance a sample sees nothing of the edge.
  double reach() const { return reach_; }

 private:
  double wide_;
  double flat_;
  double reach_;
  double tail_scale_;
};

}  // namespace ball::locate
