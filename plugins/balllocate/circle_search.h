// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

#include "plugins/balllocate/frame_view.h"
#include "plugins/balllocate/outline.h"
#include "plugins/balllocate/regions.h"

namespace ball::locate {

// Finds centres of circular edges in luma by a Hough transform: each edge point (Canny) votes for
// the centres that lie along its gradient, nearer ones more (P. Kierkegaard, "A method for
// detection of circular arcs based on the Hough transform", 1992). Luma is reduced until its longer
// side is at most 640, as far as the smallest ball keeps 4 pixels of radius. Not cv::HoughCircles:
// that looks at all edge points again for each possible centre, and took 15 s for one frame of
// checkers. Keeps its buffers from call to call. May throw cv::Exception. Streaming thread.
class CircleSearch {
 public:
  // The centres with most votes for a radius in `range`, best first, pixels of the picture. Only
  // centres where `matcher` matches count.
  std::vector<Point> Find(const FrameView& frame, const ColorMatcher& matcher,
                          const RadiusRange& range, const Window& window);

 private:
  void ReduceLuma(const FrameView& frame, int factor, const Window& window);
  void FindEdges();
  void Vote(double least, double most);
  void KeepMatching(const ColorMatcher& matcher, int factor, const Window& window);
  float MostInRow(int row) const;
  std::vector<Point> Peaks(double apart);

  cv::Mat luma_;
  cv::Mat gradient_x_;
  cv::Mat gradient_y_;
  cv::Mat edges_;
  std::vector<cv::Point> edge_points_;
  cv::Mat votes_;
};

}  // namespace ball::locate
