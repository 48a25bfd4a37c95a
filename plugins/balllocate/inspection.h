// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "plugins/ball.h"
#include "plugins/balllocate/color_matcher.h"
#include "plugins/balllocate/frame_view.h"

namespace ball::locate {

// What a circle in a picture looks like. Shares are 0 to 1.
struct Inspection {
  double visible = 0;     // share of the disc that lies in the picture
  double fill = 0;        // share of the visible disc that has the matcher's colour
  double surround = 0;    // share of the visible ring just outside that has it, too
  double unevenness = 0;  // spread of the colours inside, relative to the distance to those outside
  CodedColor color{};     // mean inside
  double brighter = 0;    // share of the ring whose luma is below the disc's by the tolerance
  double darker = 0;      // share of the ring whose luma is above the disc's by the tolerance
};

// Mean colour of the pixels at most one away from (x, y), which must lie inside the picture.
CodedColor ColorAround(const Layers& layers, int x, int y);

// Samples the disc (about a hundred points) and the ring two pixels outside it. `tolerance` is the
// difference in luma (levels) that `brighter` and `darker` ask for.
Inspection Inspect(const FrameView& frame, const ColorMatcher& matcher, const Ball& circle,
                   double tolerance);

}  // namespace ball::locate
