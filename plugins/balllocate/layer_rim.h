// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "plugins/ball.h"
#include "plugins/balllocate/frame_view.h"
#include "plugins/balllocate/metric.h"
#include "plugins/balllocate/rim_columns.h"
#include "plugins/balllocate/rim_equations.h"
#include "plugins/balllocate/rim_samples.h"
#include "plugins/balllocate/sector_means.h"

namespace ball::locate {

// The samples of one layer about a ball's rim, and what they say of the circle.
//
// Each sample is taken for a mixture of ball and background, with the share of the circle that
// covers the sample (EdgeProfile). How unlike the ball it is, is measured with the metric in which
// the background varies least (ColorMetric), so grey noise behind an orange ball hardly counts.
// Since that is a norm, a rim sample's unlikeness is (1 - share) times its background's, whatever
// the background. The background of a rim sample is predicted from what lies outside: the sector's
// mean, and the pixel straight outside as far as neighbours are alike there. Keeps its buffers from
// call to call. Streaming thread.
class LayerRim {
 public:
  // Reads the samples about a circle (pixels of the picture) that is right to about 1.5 pixels.
  void Read(const Layer& layer, const Ball& coarse);

  // Learns both sides' looks, given a better circle, for circles that are at most half a pixel away
  // from it. False where there is too little to see.
  bool Calibrate(const Ball& circle);

  // For a circle that is right to a tenth of a pixel: looks for each rim sample's background as
  // close to it as the edge's blur allows, because there may be an edge in the background farther
  // out. False where the background is too even for that to matter.
  bool LookCloser(const Ball& circle);

  // Adds what the samples say against the circle, sectors excepted. Also improves the estimate of
  // the edge's blur. With an `assumed_blur` above 0 the edge is taken for that soft instead, so
  // that a rim farther off is seen.
  void Accumulate(const Ball& circle, double assumed_blur, RimEquations& equations);

  // Adds what each sector knows of the radius, from the last Accumulate.
  void AddSectors(RimEquations& equations) const;

  // Where the rim really is, up to three samples from the circle.
  SectorOffsets Measure(const Ball& circle);

  // Whether the last Accumulate hardly changed the blur.
  bool IsSettled() const { return settled_; }

  // Variance of the edge's softness, squared pixels of the picture (see EdgeProfile).
  double blur() const { return blur_ * layer_.scale * layer_.scale; }

 private:
  // Whose background is predicted from what lies straight outside.
  struct Predicted {
    int sample = 0;
    float near = 0;        // unlikeness straight outside
    float difference = 0;  // to the one farther outside
  };

  Ball ToLayer(const Ball& circle) const;
  bool LearnColors();
  void LearnSectors();
  void LearnLowerBackground();
  void SpreadSectors();
  void FindNear(double reach);
  void PredictBackground(const Ball& circle, double distance);
  void AimRays(const Ball& circle, double distance);
  template <int kComponents>
  void LookAlongRays(const Ball& circle);
  void BlendPredictions();
  void CollectRim();
  double InnovationVariance() const;
  float StrongestContrast() const;

  Layer layer_{};
  double x_ = 0;
  double y_ = 0;
  double guard_ = 0;
  double blur_ = 0;
  bool settled_ = false;
  RimSamples samples_;
  // One number a sample.
  Column depths_;   // inside the circle that was calibrated with
  Column inside_;   // 1 where the sample can only be ball
  Column outside_;  // 1 where it can only be background
  Column squares_;
  RimLook look_;
  std::vector<std::int32_t> near_;  // which samples are at most near_reach_ from that circle
  double near_reach_ = 0;
  double moved_ = 0;  // a circle may be so far from that one
  RimRays rays_;
  std::vector<Predicted> predicted_;
  std::vector<float> differences_;
  RimColumns rim_;  // of the near ones
  RimTerms terms_;
  RimShares shares_;
  ColorMetric metric_{Symmetric{1, 0, 0, 1, 0, 1}};
  CodedColor color_{};   // of the ball
  float ball_like_ = 0;  // a colour at most so far from it (squared) cannot be told from it
  std::array<float, kSectors> inner_{};
  std::array<float, kSectors> outer_{};
  std::array<float, kSectors> lower_{};
  std::array<bool, kSectors> has_outside_{};
  double rounding_variance_ = 0;  // of an unlikeness
  double inner_variance_ = 0;
  double outer_variance_ = 0;
};

}  // namespace ball::locate
