// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/scene.h"

#include <algorithm>

#include "plugins/ballsrc/noise.h"

namespace ball {
namespace {

// The random traits of one distractor, each a function of seed, distractor and trait alone.
class Traits {
 public:
  Traits(uint32_t seed, unsigned distractor) : seed_(seed), distractor_(distractor) {}

  double Next(double low, double high) {
    return low + (high - low) * UnitNoise(seed_, distractor_, ++trait_);
  }

 private:
  uint32_t seed_;
  uint32_t distractor_;
  uint32_t trait_ = 0;
};

Rgb OtherColor(const Rgb& ball, Traits& traits) {
  const double hue = HueOf(ball) + traits.Next(75, 285);
  return RgbFromHsv(hue, traits.Next(0.6, 1), traits.Next(0.5, 1));
}

TrajectorySettings OtherTrajectory(const TrajectorySettings& ball, PictureSize picture,
                                   Traits& traits) {
  TrajectorySettings other;
  other.motion = ball.motion;
  other.radius = ball.radius * traits.Next(0.6, 1.2);
  other.start_x = traits.Next(0, picture.width);
  other.start_y = traits.Next(0, picture.height);
  other.speed = std::max(picture.width, picture.height) * traits.Next(0.1, 0.4);
  other.direction = traits.Next(0, 360);
  return other;
}

}  // namespace

Scene::Scene(const SceneSettings& settings, PictureSize picture)
    : ball_{Trajectory(settings.ball, picture), RgbFromArgb(settings.ball_color)} {
  distractors_.reserve(settings.distractors);
  for (unsigned i = 0; i < settings.distractors; ++i) {
    Traits traits(settings.seed, i);
    const Rgb color = OtherColor(ball_.color, traits);
    distractors_.push_back(
        {Trajectory(OtherTrajectory(settings.ball, picture, traits), picture), color});
  }
}

Moment Scene::At(std::chrono::nanoseconds running_time) const {
  Moment moment;
  moment.balls.reserve(distractors_.size() + 1);
  for (const Actor& other : distractors_) {
    if (const auto where = other.trajectory.At(running_time)) {
      moment.balls.push_back({*where, other.color});
    }
  }
  moment.truth = ball_.trajectory.At(running_time);
  if (moment.truth) moment.balls.push_back({*moment.truth, ball_.color});
  return moment;
}

}  // namespace ball
