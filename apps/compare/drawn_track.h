// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "apps/compare/frame_record.h"
#include "apps/compare/instant.h"
#include "plugins/ball.h"

namespace ball {

// Where the ball was on the way from one drawn frame to the next: the truth that a naive comparison
// uses. Between two frames the ball moves straight and evenly; it is nowhere between a frame
// without a ball and its neighbours.
//
// One thread at a time.
class DrawnTrack {
 public:
  // How many frames are remembered: two seconds at 240 a second. Messages are compared within
  // milliseconds of their arrival.
  static constexpr size_t kMaxFrames = 512;

  // Frames come in the order of their time; one that does not is left out.
  void Add(const DrawnFrame& frame);

  // Whether At(time) is final: a frame of that time or after it has been drawn.
  bool Reaches(Instant time) const;

  // Nothing before the first frame remembered, after the last, and where the ball is hidden.
  std::optional<Ball> At(Instant time) const;

  // As At, but after the last frame the ball goes on as between the last two, for as long as those
  // are apart: where it would be in a frame that is not drawn any more.
  std::optional<Ball> AtOrBeyond(Instant time) const;

 private:
  std::deque<DrawnFrame> frames_;  // by time, ascending
};

}  // namespace ball
