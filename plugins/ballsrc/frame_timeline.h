// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>

namespace ball {

// Which frame is when. Frames are counted from an origin, so that no rounding adds up; a new frame
// rate begins a new origin at the frame that would have come next.
class FrameTimeline {
 public:
  using Time = std::chrono::nanoseconds;

  // Frames per second as a fraction; a numerator of 0 or less is a still picture: a single frame.
  void SetFrameRate(int numerator, int denominator);
  // The next frame is the one shown at `time`, which is not negative.
  void Seek(Time time);

  bool Still() const { return numerator_ <= 0; }
  // There is no next frame: the still picture has been shown.
  bool Done() const { return Still() && frame_ > 0; }
  // Frames since time 0 (at one rate), to number them.
  int64_t Number() const { return origin_number_ + frame_; }
  // When the next frame begins and ends; with a still picture both are the origin.
  Time Start() const { return TimeOf(frame_); }
  Time End() const { return TimeOf(frame_ + 1); }
  void Advance() { ++frame_; }

  // A source whose next frame ended `max_lateness` ago, or before, skips all that ended by `now`,
  // so that it is on time again. True if it did.
  bool CatchUp(Time now, Time max_lateness);

 private:
  Time TimeOf(int64_t frame) const;
  int64_t FrameAt(Time time) const;

  int numerator_ = 0;
  int denominator_ = 1;
  Time origin_{0};
  int64_t origin_number_ = 0;
  int64_t frame_ = 0;
};

}  // namespace ball
