// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

#include "plugins/balllocate/frame_view.h"
#include "plugins/balllocate/outline.h"
#include "plugins/balllocate/regions.h"

namespace ball::locate {

// Finds centres of circular edges in luma with OpenCV's Hough transform, on luma that is reduced
// until its longer side is at most 640 (but the smallest ball keeps 4 pixels of radius). Keeps its
// buffers from call to call. May throw cv::Exception. Streaming thread.
class CircleSearch {
 public:
  // The strongest circles with a radius in `range`, strongest first, pixels of the picture.
  std::vector<Ball> Find(const FrameView& frame, const RadiusRange& range, const Window& window);

 private:
  void ReduceLuma(const FrameView& frame, int factor, const Window& window);

  cv::Mat luma_;
  cv::Mat smooth_;
};

}  // namespace ball::locate
