// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <optional>

#include "plugins/ball.h"

namespace ball {

// How a ball moves between the walls of the picture, which it never loses speed at.
enum class Motion {
  kUniform,  // straight on, reflected at all four walls
  kGravity,  // sideways as above; up and down under a pull that crosses the picture's height in 1 s
};

// The size of a picture, in pixels.
struct PictureSize {
  int width = 0;
  int height = 0;

  friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

// The smallest ball, in pixels: a smaller one would hardly colour a single pixel.
inline constexpr double kMinRadius = 0.5;

// The largest speed, in pixels per second: far beyond what is visible, and exact for years.
inline constexpr double kMaxSpeed = 1e6;

// What a ball does over time. Any value is allowed: see each one.
struct TrajectorySettings {
  double radius = 20;   // pixels; below kMinRadius and not finite: kMinRadius
  double start_x = -1;  // the centre at time 0, pixels; negative and not finite: the middle of the
  double start_y = -1;  // picture; so far out that the ball is cut: moved in until it is whole
  double speed = 200;   // pixels per second at time 0; negative is backwards, not finite is 0, at
                        // most kMaxSpeed
  double direction = 30;  // degrees, clockwise as seen: 0 to the right, 90 down; not finite is 0
  Motion motion = Motion::kUniform;
  // The ball is absent during the last `hide_duration` of each `hide_period`, counted from time 0.
  // Never where one of them is 0 or less, always where the duration fills the period.
  std::chrono::nanoseconds hide_period{0};
  std::chrono::nanoseconds hide_duration{0};

  friend bool operator==(const TrajectorySettings&, const TrajectorySettings&) = default;
};

// One coordinate of a point that glides to and fro between two walls at constant speed.
class Glide {
 public:
  Glide(double low, double high, double start, double velocity);
  // The coordinate `seconds` after time 0: the triangle wave that straight motion folds into.
  double At(double seconds) const;

 private:
  double low_ = 0;
  double length_ = 0;
  double start_ = 0;
  double velocity_ = 0;
};

// The height of a point that falls, bounces off the floor without loss, rises, and, where it is
// fast enough, bounces off the ceiling too. Coordinates grow downwards: the floor is the larger
// one.
class Fall {
 public:
  Fall(double ceiling, double floor, double start, double velocity, double gravity);
  // The coordinate `seconds` after time 0. A flight from the floor up and back down repeats for
  // ever, so the time is reduced to one flight, in which the parabola is known.
  double At(double seconds) const;

 private:
  double ceiling_ = 0;
  double floor_ = 0;
  double gravity_ = 0;
  double floor_speed_ = 0;  // upwards, when leaving the floor
  double rise_ = 0;         // seconds from the floor to the top of the flight, half a period
  double phase_ = 0;        // seconds since the floor was left, at time 0
};

// Where a ball is at any time: a closed function of time, without a state that adds up, so that
// every frame can be checked on its own, and time may jump.
//
// The whole ball stays inside the picture. On an axis where the picture is smaller than the ball,
// the centre stays in the middle of the picture. Any thread: immutable.
class Trajectory {
 public:
  Trajectory(const TrajectorySettings& settings, PictureSize picture);

  // The ball at a running time (negative too), or nothing while it hides.
  std::optional<Ball> At(std::chrono::nanoseconds running_time) const;

 private:
  bool HiddenAt(std::chrono::nanoseconds running_time) const;

  double radius_;
  std::chrono::nanoseconds hide_period_;
  std::chrono::nanoseconds hide_duration_;
  Glide across_;
  Glide down_;
  std::optional<Fall> fall_;
};

}  // namespace ball
