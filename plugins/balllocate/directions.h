// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

namespace ball::locate {

// A direction in the picture, of length 1.
struct Direction {
  double x = 0;
  double y = 0;
};

// `count` directions all round, equally far apart, none along an axis or a diagonal where count is
// a multiple of 4 (so none lies on the border between two sectors).
std::vector<Direction> DirectionsRound(int count);

}  // namespace ball::locate
