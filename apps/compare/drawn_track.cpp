// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/drawn_track.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace ball {
namespace {

using Seconds = std::chrono::duration<double>;

// On the line through two frames of different times, which may both be on one side of `time`.
std::optional<Ball> OnLine(const DrawnFrame& a, const DrawnFrame& b, Instant time) {
  if (!a.truth || !b.truth) {
    return std::nullopt;
  }
  const double share = Seconds(time - a.drawn) / Seconds(b.drawn - a.drawn);
  const auto between = [share](double from, double to) { return from + (to - from) * share; };
  return Ball{between(a.truth->x, b.truth->x), between(a.truth->y, b.truth->y),
              between(a.truth->radius, b.truth->radius)};
}

}  // namespace

void DrawnTrack::Add(const DrawnFrame& frame) {
  if (!frames_.empty() && frame.drawn <= frames_.back().drawn) {
    return;
  }
  frames_.push_back(frame);
  if (frames_.size() > kMaxFrames) {
    frames_.pop_front();
  }
}

bool DrawnTrack::Reaches(Instant time) const {
  return !frames_.empty() && frames_.back().drawn >= time;
}

std::optional<Ball> DrawnTrack::At(Instant time) const {
  const auto after =
      std::lower_bound(frames_.begin(), frames_.end(), time,
                       [](const DrawnFrame& frame, Instant t) { return frame.drawn < t; });
  if (after == frames_.end()) {
    return std::nullopt;
  }
  if (after->drawn == time) {
    return after->truth;
  }
  return after != frames_.begin() ? OnLine(*std::prev(after), *after, time) : std::nullopt;
}

std::optional<Ball> DrawnTrack::AtOrBeyond(Instant time) const {
  if (Reaches(time) || frames_.size() < 2) {
    return At(time);
  }
  const DrawnFrame& last = frames_.back();
  const DrawnFrame& before = frames_[frames_.size() - 2];
  const bool soon = time - last.drawn <= last.drawn - before.drawn;
  return soon ? OnLine(before, last, time) : std::nullopt;
}

}  // namespace ball
