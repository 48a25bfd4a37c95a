// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "plugins/ball.h"
#include "plugins/balllocate/frame_view.h"
#include "plugins/balllocate/metric.h"
#include "plugins/balllocate/rim_equations.h"
#include "plugins/balllocate/sector_means.h"

namespace ball::locate {

// A sample seen from a circle: the way outwards, and how far inside it is.
struct Place {
  double nx = 0;
  double ny = 0;
  double depth = 0;
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

  // For a circle that is right to a tenth of a pixel: looks for each rim sample's background as
  // close to it as the edge's blur allows, because there may be an edge in the background farther
  // out. False where the background is too even for that to matter.
  bool LookCloser(const Ball& circle);

  // Adds what the samples say against the circle. Also improves the estimate of the edge's blur.
  // With an `assumed_blur` above 0 the edge is taken for that soft instead, so that a rim farther
  // off is seen.
  void Accumulate(const Ball& circle, double assumed_blur, RimEquations& equations);

  // Where the rim really is, up to three samples from the circle.
  SectorOffsets Measure(const Ball& circle) const;

  // Whether the last Accumulate hardly changed the blur.
  bool IsSettled() const { return settled_; }

  // Variance of the edge's softness, squared pixels of the picture (see EdgeProfile).
  double blur() const { return blur_ * layer_.scale * layer_.scale; }

 private:
  // In the layer's own samples, relative to the coarse centre.
  struct Sample {
    double x = 0;
    double y = 0;
    CodedColor value{};
    double depth = 0;  // inside the circle that was calibrated with
    double unlikeness = 0;
    double near = 0;        // unlikeness straight outside, below 0 if not known
    double difference = 0;  // to the one farther outside
    double background = 0;  // its background's predicted unlikeness
    double variance = 0;    // and how uncertain that is
    int sector = 0;
  };

  Ball ToLayer(const Ball& circle) const;
  bool LearnColors();
  bool IsBallLike(const CodedColor& value) const;
  void PredictBackground(const Ball& circle, double distance);
  void BlendPredictions();
  double InnovationVariance();
  void LearnLowerBackground();
  double ShareOf(const Sample& sample, double depth) const;
  double StrongestContrast() const;
  double UnlikenessOutside(double x, double y) const;
  double FirstDepth(const Ball& circle, const Sample& sample, double distance) const;

  Layer layer_{};
  double x_ = 0;
  double y_ = 0;
  double guard_ = 0;
  double blur_ = 0;
  bool settled_ = false;
  std::vector<Sample> samples_;
  std::vector<double> differences_;
  ColorMetric metric_{Symmetric{1, 0, 0, 1, 0, 1}};
  CodedColor color_{};       // of the ball
  double color_spread_ = 0;  // its variance, all components together
  std::array<double, kSectors> inner_{};
  std::array<double, kSectors> outer_{};
  std::array<double, kSectors> lower_{};
  std::array<bool, kSectors> has_outside_{};
  double rounding_variance_ = 0;  // of an unlikeness
  double inner_variance_ = 0;
  double outer_variance_ = 0;
  double likeness_ = 0;  // of neighbours in the background, 0 to 1
};

}  // namespace ball::locate
