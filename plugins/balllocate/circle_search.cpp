// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/circle_search.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace ball::locate {
namespace {

constexpr int kReducedSize = 640;
constexpr double kReducedRadius = 4;
constexpr std::size_t kMostCircles = 12;
// Canny's upper threshold, and the least number of votes for a centre: low, because every circle
// is checked afterwards.
constexpr double kEdge = 100;
constexpr double kVotes = 14;

int ReductionFor(const RadiusRange& range, const Window& window) {
  const int longest = std::max(window.width(), window.height());
  const int by_size = (longest + kReducedSize - 1) / kReducedSize;
  const int by_radius = static_cast<int>(range.min / kReducedRadius);
  return std::max(1, std::min(by_size, by_radius));
}

}  // namespace

void CircleSearch::ReduceLuma(const FrameView& frame, int factor, const Window& window) {
  const Layer layer = LayersOf(frame).items[0];
  luma_.create((window.height() + factor - 1) / factor, (window.width() + factor - 1) / factor,
               CV_8UC1);
  CodedColor color{};
  for (int j = 0; j < luma_.rows; ++j) {
    auto* out = luma_.ptr<std::uint8_t>(j);
    for (int i = 0; i < luma_.cols; ++i) {
      for (int c = 0; c < layer.component_count; ++c) {
        color[c] = layer.components[c].At(window.left + i * factor, window.top + j * factor);
      }
      out[i] = static_cast<std::uint8_t>(LumaOf(color, frame));
    }
  }
}

std::vector<Ball> CircleSearch::Find(const FrameView& frame, const RadiusRange& range,
                                     const Window& window) {
  const int factor = ReductionFor(range, window);
  ReduceLuma(frame, factor, window);
  // Noise makes edges everywhere, and the transform pays for each.
  cv::GaussianBlur(luma_, smooth_, {5, 5}, 0);
  std::vector<cv::Vec3f> circles;
  const int least = std::max(1, static_cast<int>(range.min / factor) - 1);
  const int most = static_cast<int>(std::ceil(range.max / factor)) + 1;
  cv::HoughCircles(smooth_, circles, cv::HOUGH_GRADIENT, 1.5, std::max(1.0, range.min / factor),
                   kEdge, kVotes, least, most);
  if (circles.size() > kMostCircles) circles.resize(kMostCircles);
  std::vector<Ball> found;
  found.reserve(circles.size());
  for (const cv::Vec3f& circle : circles) {
    found.push_back({window.left + (circle[0] + 0.5) * factor,
                     window.top + (circle[1] + 0.5) * factor, circle[2] * factor});
  }
  return found;
}

}  // namespace ball::locate
