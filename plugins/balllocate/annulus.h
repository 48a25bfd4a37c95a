// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace ball::locate {

// The integer points whose distance from (x, y) lies between `inner` and `outer`, as far as they
// are inside [0, width) x [0, height). With a `stride` of n (at least 1, not necessarily whole)
// only one in n lines across the rim is taken: rows where the rim is steep, columns where it is
// flat, each line complete, and the same lines on either side of the centre.
struct Annulus {
  double x = 0;
  double y = 0;
  double inner = 0;
  double outer = 0;
  double stride = 1;
  int width = 0;
  int height = 0;
};

// Whether the line `off` lines from the middle one is taken where the share `share` of all is.
inline bool IsTaken(int off, double share) {
  const int lines = std::abs(off);
  return lines == 0 || static_cast<int>(lines * share) > static_cast<int>((lines - 1) * share);
}

// Calls visit(across) for the integers in [from, to] that are also in [0, size).
template <typename Visit>
void ForEachBetween(double from, double to, int size, const Visit& visit) {
  if (to < 0 || from > size - 1.0) return;
  // Above 0, so that a cast rounds down. (std::ceil and std::floor are calls.)
  const double begin = std::max(from, 0.0);
  const int below = static_cast<int>(begin);
  const int first = below < begin ? below + 1 : below;
  const int last = static_cast<int>(std::min(to, size - 1.0));
  for (int i = first; i <= last; ++i) visit(i);
}

// One quarter pair of the annulus, where |u - centre_u| >= |v - centre_v|, line by line along u.
template <typename Visit>
void ForEachInLines(const Annulus& ring, double centre_u, double centre_v, int size_u, int size_v,
                    const Visit& visit) {
  const double reach = ring.outer * std::numbers::sqrt2 / 2;
  const int middle = static_cast<int>(std::lround(centre_v));
  const double share = 1 / ring.stride;
  ForEachBetween(centre_v - reach, centre_v + reach, size_v, [&](int v) {
    if (!IsTaken(v - middle, share)) return;
    const double dv = std::abs(v - centre_v);
    const double far = std::sqrt(std::max(0.0, ring.outer * ring.outer - dv * dv));
    const double near = std::max(dv, std::sqrt(std::max(0.0, ring.inner * ring.inner - dv * dv)));
    ForEachBetween(centre_u - far, centre_u - near, size_u, [&](int u) { visit(u, v); });
    ForEachBetween(centre_u + near, centre_u + far, size_u, [&](int u) { visit(u, v); });
  });
}

// Calls visit(i, j) for each point of the annulus.
template <typename Visit>
void ForEachPoint(const Annulus& ring, const Visit& visit) {
  ForEachInLines(ring, ring.x, ring.y, ring.width, ring.height, visit);
  ForEachInLines(ring, ring.y, ring.x, ring.height, ring.width, [&](int v, int u) { visit(u, v); });
}

}  // namespace ball::locate
