// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <optional>

#include "plugins/ball.h"

namespace ball {

// A colour as 0xAARRGGBB; the alpha is ignored, marks are opaque.
using Argb = uint32_t;

// In which order a pixel's bytes stand.
enum class ChannelOrder { kBgr, kRgb };

// What is known of the frame.
struct OverlayContent {
  std::optional<Ball> answer;
  double confidence = 0;  // of the answer, 0..1
  std::optional<Ball> truth;
};

// What is drawn of it, and how.
struct OverlayStyle {
  bool draw_answer = true;
  bool draw_truth = true;
  bool draw_error = true;
  bool draw_text = false;
  double error_scale = 10;  // the error vector is drawn so many times as long as it is
  int line_width = 2;       // of the answer's marks, pixels, 1..64; the truth's are 1 pixel wide
  Argb answer_color = 0xff00ff00;
  Argb truth_color = 0xffffffff;
  Argb error_color = 0xffff0000;
};

// Draws into `picture` (8 bits, 3 or 4 channels): the answer as circle and centre cross, the truth
// as thin circle and cross, the error as a line from the truth's centre towards the answer's, and
// the numbers as text. Anti-aliased, in steps of 1/16 pixel. The fourth channel is set to 255 where
// something is drawn. Balls outside the picture, huge ones and numbers that are not finite draw
// what of them is visible, or nothing. OpenCV's exceptions pass through.
void DrawOverlay(cv::Mat& picture, ChannelOrder order, const OverlayContent& content,
                 const OverlayStyle& style);

}  // namespace ball
