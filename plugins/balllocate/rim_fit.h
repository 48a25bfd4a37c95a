// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <optional>

#include "plugins/ball.h"
#include "plugins/balllocate/frame_view.h"
#include "plugins/balllocate/layer_rim.h"

namespace ball::locate {

// A circle fitted to the rim, and how well it fits.
struct RimFit {
  Ball ball;
  // Standard deviation of the centre, pixels, as the fit itself estimates it.
  double error = 0;
  // How far the rim strays from the circle, RMS over its sectors, pixels, beyond what the
  // background's own variation explains; and that.
  double roughness = 0;
  double chance = 0;
  // Variance of the edge's softness, squared pixels: 0 for a sharp one.
  double blur = 0;
  // Share of the sectors in the picture where ball and background can be told apart, 0 to 1.
  double clear_share = 0;
  // How many of kSectors are in the picture and clear.
  int clear_sectors = 0;
};

// Fits a circle to the rim of a ball to a few hundredths of a pixel, given one that is right to
// about 1.5 pixels: weighted least squares over the samples of all layers (LayerRim), iterated.
// Keeps its buffers from call to call. Streaming thread.
class RimFitter {
 public:
  // Nothing where the rim cannot be told from its surroundings, or the fit runs away.
  std::optional<RimFit> Fit(const Layers& layers, const Ball& coarse);

 private:
  void Start(const Layers& layers, const Ball& coarse);
  void Calibrate(const Layers& layers, const Ball& ball);
  RimEquations Ask(const Ball& ball, double assumed_blur);
  bool IsSettled(double step) const;
  bool LookCloser(const Ball& ball);
  RimFit Judge(const Ball& ball, const Layers& layers);

  std::array<LayerRim, 2> rims_;
  std::array<bool, 2> usable_{};
  Ball calibrated_;
};

}  // namespace ball::locate
