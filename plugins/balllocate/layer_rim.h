// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "plugins/ball.h"
#include "plugins/balllocate/frame_view.h"
#include "plugins/balllocate/metric.h"
#include "plugins/balllocate/sector_means.h"

namespace ball::locate {

// The least-squares problem whose solution moves and grows a circle: normal equations in x, y and
// radius (pixels of the picture), and the same by sector for the radius alone.
struct RimEquations {
  std::array<double, 6> matrix{};  // xx, xy, xr, yy, yr, rr
  std::array<double, 3> right{};
  std::array<double, kSectors> sector_weight{};
  std::array<double, kSectors> sector_right{};

  // Says that the rim lies `offset` farther out in direction (nx, ny), known with `weight` (the
  // inverse of its variance).
  void Add(double nx, double ny, double offset, double weight, int sector);
};

// The samples of one layer about a ball's rim, and what they say of the circle.
//
// Each sample is taken for a mixture of ball and background, with the share of the circle that
// covers the sample (EdgeProfile). How unlike the ball it is, is measured with the metric in which
// the background varies least (ColorMetric), so grey noise behind an orange ball hardly counts.
// Since that is a norm, a rim sample's unlikeness is (1 - share) times its background's, whatever
// the background. The background of a rim sample is predicted from what lies outside: the sector's
// mean, and the pixel straight outside as far as neighbours are alike there. Keeps its buffer from
// call to call. Streaming thread.
class LayerRim {
 public:
  // Reads the samples about a circle (pixels of the picture) that is right to about 1.5 pixels.
  void Read(const Layer& layer, const Ball& coarse);

  // Learns both sides' looks, given a better circle. False where there is too little to see.
  bool Calibrate(const Ball& circle);

  // Adds what the samples say against the circle. Also improves the estimate of the edge's blur.
  // With `wide` the edge is taken for a soft one, so that rims farther off are seen.
  void Accumulate(const Ball& circle, bool wide, RimEquations& equations);

 private:
  // In the layer's own samples, relative to the coarse centre.
  struct Sample {
    double x = 0;
    double y = 0;
    CodedColor value{};
    double unlikeness = 0;
    double background = 0;  // its background's predicted unlikeness
    int sector = 0;
  };

  // A sample seen from the circle.
  struct Place {
    double nx = 0;
    double ny = 0;
    double distance = 0;
    double depth = 0;  // positive inside
  };

  Ball ToLayer(const Ball& circle) const;
  static Place PlaceOf(const Sample& sample, const Ball& circle);
  CodedColor ValueAt(int i, int j) const;
  void PredictBackground(const Ball& circle, const ColorMetric& metric);
  std::optional<double> UnlikenessAt(const Ball& circle, const Place& place, double depth,
                                     const ColorMetric& metric) const;

  Layer layer_{};
  double x_ = 0;
  double y_ = 0;
  double guard_ = 0;
  double blur_ = 0;
  std::vector<Sample> samples_;
  CodedColor color_{};  // of the ball
  std::array<double, kSectors> inner_{};
  std::array<double, kSectors> outer_{};
  std::array<bool, kSectors> has_outside_{};
  double inner_variance_ = 0;
  double outer_variance_ = 0;
};

}  // namespace ball::locate
