// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <optional>

#include "plugins/ball.h"

namespace ball {

// What a locator says of one frame: the ball, and how sure it is (0 to 1).
struct LocatedBall {
  Ball ball;
  double confidence = 0;
};

// A ball travels on a buffer as GstVideoRegionOfInterestMeta with one of these two types. The
// region is the ball's bounding rectangle cut to the picture; the parameter structure, named like
// the type, has x, y and radius (pixels, see Ball) and for an answer also confidence, all as
// doubles.
inline constexpr char kTruthMetaType[] = "ball-truth";
inline constexpr char kAnswerMetaType[] = "ball";

// Attaches where the ball really is. `buffer` must be writable; width and height are the picture's.
void AttachTruth(GstBuffer* buffer, const Ball& truth, int width, int height);

// Attaches what was located. `buffer` must be writable; width and height are the picture's.
void AttachAnswer(GstBuffer* buffer, const LocatedBall& answer, int width, int height);

// Removes all answers. `buffer` must be writable.
void RemoveAnswers(GstBuffer* buffer);

// The first truth / answer on the buffer; nothing where there is none, or where a value is missing,
// not finite or the radius not above 0 (a meta may come from somebody else's element). An answer
// without a confidence has confidence 1.
std::optional<Ball> FindTruth(GstBuffer* buffer);
std::optional<LocatedBall> FindAnswer(GstBuffer* buffer);

}  // namespace ball
