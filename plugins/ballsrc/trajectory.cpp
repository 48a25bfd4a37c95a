// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/trajectory.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ball {
namespace {

// The remainder that lies in [0, period), also for a negative value.
double Wrap(double value, double period) {
  const double rest = std::fmod(value, period);
  return rest < 0 ? rest + period : rest;
}

double FiniteOr(double value, double otherwise) { return std::isfinite(value) ? value : otherwise; }

// Where the centre of a ball may be along one axis.
struct Range {
  double low;
  double high;

  double Middle() const { return (low + high) / 2; }
  // A start that the settings ask for; written so that NaN means the middle, like a negative one.
  double Start(double wanted) const {
    return wanted >= 0 ? std::clamp(wanted, low, high) : Middle();
  }
};

Range RangeOf(double radius, int size) {
  if (size <= 2 * radius) return {size / 2.0, size / 2.0};
  return {radius, size - radius};
}

double RadiusOf(const TrajectorySettings& settings) {
  return std::max(kMinRadius, FiniteOr(settings.radius, kMinRadius));
}

double SpeedOf(const TrajectorySettings& settings) {
  return std::clamp(FiniteOr(settings.speed, 0), -kMaxSpeed, kMaxSpeed);
}

double AngleOf(const TrajectorySettings& settings) {
  return std::fmod(FiniteOr(settings.direction, 0), 360.0) * std::numbers::pi / 180;
}

Glide GlideOf(Range range, double start, double velocity) {
  return {range.low, range.high, range.Start(start), velocity};
}

}  // namespace

Glide::Glide(double low, double high, double start, double velocity)
    : low_(low), length_(high - low), start_(start - low), velocity_(velocity) {}

double Glide::At(double seconds) const {
  if (length_ <= 0) return low_;
  const double unfolded = Wrap(start_ + std::fmod(velocity_ * seconds, 2 * length_), 2 * length_);
  return low_ + std::min(unfolded, 2 * length_ - unfolded);
}

Fall::Fall(double ceiling, double floor, double start, double velocity, double gravity)
    : ceiling_(ceiling), floor_(floor), gravity_(gravity) {
  // Energy is kept, so the speed is known at every height: v^2 + 2 g h is constant.
  const double energy = velocity * velocity + 2 * gravity * (floor - start);
  floor_speed_ = std::sqrt(energy);
  const double top_speed = std::sqrt(std::max(0.0, energy - 2 * gravity * (floor - ceiling)));
  // (floor_speed - top_speed) / g, written without the difference of two large numbers.
  const double reached = std::min(floor - ceiling, energy / (2 * gravity));
  rise_ = reached > 0 ? 2 * reached / (floor_speed_ + top_speed) : 0;
  const double risen = (floor_speed_ - std::abs(velocity)) / gravity;
  phase_ = velocity <= 0 ? risen : 2 * rise_ - risen;
}

double Fall::At(double seconds) const {
  if (rise_ <= 0) return floor_;
  const double flight = Wrap(phase_ + std::fmod(seconds, 2 * rise_), 2 * rise_);
  const double rising = std::min(flight, 2 * rise_ - flight);
  const double height = rising * (floor_speed_ - gravity_ * rising / 2);
  return std::clamp(floor_ - height, ceiling_, floor_);
}

Trajectory::Trajectory(const TrajectorySettings& settings, PictureSize picture)
    : radius_(RadiusOf(settings)),
      hide_period_(settings.hide_period),
      hide_duration_(settings.hide_duration),
      across_(GlideOf(RangeOf(radius_, picture.width), settings.start_x,
                      SpeedOf(settings) * std::cos(AngleOf(settings)))),
      down_(GlideOf(RangeOf(radius_, picture.height), settings.start_y,
                    SpeedOf(settings) * std::sin(AngleOf(settings)))) {
  const Range height = RangeOf(radius_, picture.height);
  if (settings.motion != Motion::kGravity || height.low >= height.high) return;
  // From rest, the picture's height is fallen through in one second: h = g t^2 / 2.
  fall_.emplace(height.low, height.high, height.Start(settings.start_y),
                SpeedOf(settings) * std::sin(AngleOf(settings)), 2.0 * picture.height);
}

std::optional<Ball> Trajectory::At(std::chrono::nanoseconds running_time) const {
  if (HiddenAt(running_time)) return {};
  const double seconds = std::chrono::duration<double>(running_time).count();
  return Ball{across_.At(seconds), fall_ ? fall_->At(seconds) : down_.At(seconds), radius_};
}

bool Trajectory::HiddenAt(std::chrono::nanoseconds running_time) const {
  if (hide_period_.count() <= 0 || hide_duration_.count() <= 0) return false;
  auto phase = running_time % hide_period_;
  if (phase.count() < 0) phase += hide_period_;
  return phase >= hide_period_ - hide_duration_;
}

}  // namespace ball
