// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/ballmeta.h"

namespace ball::test {

// One frame that came out of a pipeline.
struct SeenFrame {
  std::optional<Ball> truth;  // where the source drew the ball, if it did
  std::optional<LocatedBall> answer;
};

// Runs a launch line to its end. It must have an element named `source`, whose frames bear the
// truth, and end in an element named `sink` (a fakesink), at whose pad the answers are read. Frames
// are matched by PTS, since encoders drop metas. Fails the test on an error.
std::vector<SeenFrame> RunPipeline(const std::string& line);

// How well a pipeline's answers fit.
struct Score {
  int frames = 0;
  int with_ball = 0;   // frames that show one
  int found = 0;       // of these
  int false_hits = 0;  // answers on frames without a ball
  double rms = 0;      // of the centre's error where found, pixels
  double worst = 0;
};

Score ScoreOf(const std::vector<SeenFrame>& frames);

}  // namespace ball::test
