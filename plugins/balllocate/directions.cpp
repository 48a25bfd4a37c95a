// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/directions.h"

#include <cmath>
#include <numbers>

namespace ball::locate {

std::vector<Direction> DirectionsRound(int count) {
  std::vector<Direction> directions;
  directions.reserve(count);
  for (int k = 0; k < count; ++k) {
    const double angle = 2 * std::numbers::pi * (k + 0.5) / count;
    directions.push_back({std::cos(angle), std::sin(angle)});
  }
  return directions;
}

}  // namespace ball::locate
