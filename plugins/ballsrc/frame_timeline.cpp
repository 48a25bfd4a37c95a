// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/frame_timeline.h"

namespace ball {
namespace {

constexpr int64_t kNanoseconds = 1'000'000'000;

// Times of years are wanted, without overflow on the way.
__extension__ using Wide = __int128;

}  // namespace

void FrameTimeline::SetFrameRate(int numerator, int denominator) {
  if (numerator == numerator_ && denominator == denominator_) return;
  origin_ = Start();
  origin_number_ = Number();
  frame_ = 0;
  numerator_ = numerator;
  denominator_ = denominator;
}

void FrameTimeline::Seek(Time time) {
  origin_ = Time{0};
  origin_number_ = 0;
  frame_ = FrameAt(time);
  if (Still()) origin_ = time;
}

bool FrameTimeline::CatchUp(Time now, Time max_lateness) {
  const int64_t due = FrameAt(now);
  if (due <= frame_ || now - End() < max_lateness) return false;
  frame_ = due;
  return true;
}

FrameTimeline::Time FrameTimeline::TimeOf(int64_t frame) const {
  if (Still()) return origin_;
  return origin_ +
         Time(static_cast<int64_t>(Wide{frame} * kNanoseconds * denominator_ / numerator_));
}

// The last frame that has begun. A frame begins at the nanosecond before its exact time, so the
// exact time of what has begun is less than one nanosecond ahead.
int64_t FrameTimeline::FrameAt(Time time) const {
  if (Still() || time <= origin_) return 0;
  const Wide ahead = Wide{(time - origin_).count()} + 1;
  return static_cast<int64_t>((ahead * numerator_ - 1) / (Wide{kNanoseconds} * denominator_));
}

}  // namespace ball
