// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "plugins/ballsrc/color.h"
#include "plugins/ballsrc/trajectory.h"

namespace ball {

struct SceneSettings {
  TrajectorySettings ball;
  uint32_t ball_color = 0xffff8000;  // 0xAARRGGBB
  unsigned distractors = 0;          // how many other balls
  uint32_t seed = 0;                 // what the distractors are like

  friend bool operator==(const SceneSettings&, const SceneSettings&) = default;
};

struct ColoredBall {
  Ball ball;
  Rgb color;
};

// Everything that is in front of the background at one time.
struct Moment {
  std::optional<Ball> truth;       // the ball, or nothing while it hides
  std::vector<ColoredBall> balls;  // from the back to the front: the ball is the last one
};

// The ball and the distractors: other balls that move like it, in colours whose hue is at least 75
// degrees away, of 0.6 to 1.2 times its radius, crossing 0.1 to 0.4 of the picture's larger side a
// second. The same seed gives the same distractors, and one more does not change the others.
// Any thread: immutable.
class Scene {
 public:
  Scene(const SceneSettings& settings, PictureSize picture);

  Moment At(std::chrono::nanoseconds running_time) const;

 private:
  struct Actor {
    Trajectory trajectory;
    Rgb color;
  };

  Actor ball_;
  std::vector<Actor> distractors_;
};

}  // namespace ball
