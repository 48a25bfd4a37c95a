// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace ball {

// A ball in a picture, in pixels.
//
// x grows to the right, y grows downwards, the origin is the top-left corner of the picture, and
// pixel (i, j) covers [i, i+1) x [j, j+1): the centre of the top-left pixel is (0.5, 0.5). The
// centre may lie outside the picture (a ball cut by the edge).
struct Ball {
  double x = 0;
  double y = 0;
  double radius = 0;

  friend bool operator==(const Ball&, const Ball&) = default;
};

}  // namespace ball
