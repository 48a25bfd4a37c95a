// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "plugins/ball.h"
#include "plugins/balllocate/frame_view.h"
#include "plugins/balllocate/metric.h"

namespace ball {

inline constexpr int kRimSectors = 16;

// A circle fitted to the rim, and how well it fits.
struct RimFit {
  Ball ball;
  // How far the rim strays from the circle, RMS over its sectors, pixels.
  double roughness = 0;
  // Share of the sectors in the picture where ball and background can be told apart, 0 to 1.
  double clear_share = 0;
  // How many of kRimSectors are in the picture and clear.
  int clear_sectors = 0;
};

// Fits a circle to the rim of a ball to a few hundredths of a pixel, given one that is right to
// about 1.5 pixels.
//
// Each sample near the rim is taken for a mixture of ball and background, with the share of the
// circle that covers the sample. "How unlike the ball" is measured with the metric in which the
// background varies least (Mahalanobis), so grey noise behind an orange ball hardly counts. Since
// a norm is homogeneous, a rim sample's distance to the ball's colour is (1 - coverage) times the
// background's, whatever the background; the background's own distance is averaged in a ring
// outside, sector by sector. Centre and radius follow from weighted least squares over the samples
// of all layers. Keeps its buffers from call to call. Streaming thread.
class RimFitter {
 public:
  // Nothing where the rim cannot be told from its surroundings, or the fit runs away.
  std::optional<RimFit> Fit(const Layers& layers, const Ball& coarse);

 private:
  // A sample near the rim, in the layer's own pixels relative to the coarse centre.
  struct Sample {
    double x = 0;
    double y = 0;
    CodedColor value{};
    double unlikeness = 0;
    double background = 0;
    int sector = 0;
  };

  // What a sector looks like on either side of the rim.
  struct Sector {
    double inner = 0;
    double outer = 0;
    bool usable = false;
  };

  struct LayerRim {
    const Layer* layer = nullptr;
    double x = 0;  // the coarse circle in the layer's pixels
    double y = 0;
    double radius = 0;
    double guard = 0;  // how far from the rim a sample is purely ball or background
    std::vector<Sample> samples;
    std::array<Sector, kRimSectors> sectors{};
    CodedColor color{};
    double likeness = 0;
    double inner_variance = 0;
    double outer_variance = 0;
    bool usable = false;
  };

  // Normal equations for the step in x, y and radius, picture pixels.
  struct Equations {
    std::array<double, 6> matrix{};  // xx, xy, xr, yy, yr, rr
    std::array<double, 3> right{};
    std::array<double, kRimSectors> sector_weight{};
    std::array<double, kRimSectors> sector_offset{};
  };

  static void Collect(const Layer& layer, const Ball& coarse, LayerRim& rim);
  static void Calibrate(const Ball& offset, LayerRim& rim);
  static void CalibrateSectors(const Ball& offset, LayerRim& rim);
  static void LookOutside(const Ball& offset, const ColorMetric& metric, LayerRim& rim);
  static void Accumulate(const Ball& offset, double softness, const LayerRim& rim,
                         Equations& equations);
  static std::optional<std::array<double, 3>> Solve(const Equations& equations);
  static RimFit Judge(const Ball& ball, const Layers& layers, const Equations& equations);

  std::array<LayerRim, 2> rims_;
};

}  // namespace ball
