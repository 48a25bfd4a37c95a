// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/circle_search.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace ball::locate {
namespace {

constexpr int kReducedSize = 640;
constexpr double kReducedRadius = 4;
constexpr int kMostCentres = 24;
// Canny's thresholds on Sobel's gradient, which is 4 times a step between two even areas.
constexpr double kWeakEdge = 60;
constexpr double kEdge = 120;
// Votes are counted in cells of so many reduced pixels.
constexpr int kCell = 2;
// A gradient points to a centre to one in so many of the distance.
constexpr double kSureness = 32;
// More edge points than these are thinned out evenly: noise is all edges.
constexpr std::size_t kMostEdgePoints = 20000;

int ReductionFor(const RadiusRange& range, const Window& window) {
  const int longest = std::max(window.width(), window.height());
  const int by_size = (longest + kReducedSize - 1) / kReducedSize;
  const int by_radius = static_cast<int>(range.min / kReducedRadius);
  return std::max(1, std::min(by_size, by_radius));
}

// What an edge point gives to a centre so far from it.
struct Share {
  double radius = 0;
  float votes = 0;
};

// A circle has edge points in proportion to its radius. The farther off, the less surely a gradient
// points to the centre: fewer votes, each for more cells, do.
std::vector<Share> SharesFor(double least, double most) {
  std::vector<Share> shares;
  double step = kCell;
  double radius = least;
  while (radius <= most) {
    shares.push_back({radius, static_cast<float>(step / (kCell * radius))});
    step = std::max<double>(kCell, radius / kSureness);
    radius += step;
  }
  return shares;
}

}  // namespace

void CircleSearch::ReduceLuma(const FrameView& frame, int factor, const Window& window) {
  const LumaReader reader(frame);
  luma_.create((window.height() + factor - 1) / factor, (window.width() + factor - 1) / factor,
               CV_8UC1);
  for (int j = 0; j < luma_.rows; ++j) {
    auto* row = luma_.ptr<std::uint8_t>(j);
    reader.ReadRow(window.left, window.top + j * factor, factor, row, row + luma_.cols);
  }
}

void CircleSearch::FindEdges() {
  cv::GaussianBlur(luma_, luma_, {3, 3}, 0);
  cv::Sobel(luma_, gradient_x_, CV_16S, 1, 0);
  cv::Sobel(luma_, gradient_y_, CV_16S, 0, 1);
  cv::Canny(gradient_x_, gradient_y_, edges_, kWeakEdge, kEdge, true);
  edge_points_.clear();
  cv::findNonZero(edges_, edge_points_);
}

void CircleSearch::Vote(double least, double most) {
  votes_.create(luma_.rows / kCell + 1, luma_.cols / kCell + 1, CV_32FC1);
  votes_.setTo(0);
  const std::vector<Share> shares = SharesFor(least, most);
  const std::size_t stride = edge_points_.size() / kMostEdgePoints + 1;
  for (std::size_t k = 0; k < edge_points_.size(); k += stride) {
    const cv::Point& point = edge_points_[k];
    const double gx = gradient_x_.at<std::int16_t>(point);
    const double gy = gradient_y_.at<std::int16_t>(point);
    const double length = std::hypot(gx, gy);
    if (length <= 0) continue;
    for (const double sign : {1 / length, -1 / length}) {
      const double way_x = sign * gx;
      const double way_y = sign * gy;
      for (const Share& share : shares) {
        const int i = static_cast<int>(point.x + share.radius * way_x) / kCell;
        const int j = static_cast<int>(point.y + share.radius * way_y) / kCell;
        if (i < 0 || j < 0 || i >= votes_.cols || j >= votes_.rows) break;
        votes_.at<float>(j, i) += share.votes;
      }
    }
  }
  // The votes for one centre spread over some cells.
  cv::blur(votes_, votes_, {3, 3});
}

float CircleSearch::MostInRow(int row) const {
  const auto* votes = votes_.ptr<float>(row);
  return *std::max_element(votes, votes + votes_.cols);
}

// Each row's maximum is kept, so that a peak costs the rows about it, not all of the votes.
std::vector<Point> CircleSearch::Peaks(double apart) {
  std::vector<float> most(votes_.rows);
  for (int row = 0; row < votes_.rows; ++row) most[row] = MostInRow(row);
  std::vector<Point> peaks;
  const int radius = std::max(1, static_cast<int>(apart / kCell));
  for (int k = 0; k < kMostCentres; ++k) {
    const auto highest = std::max_element(most.begin(), most.end());
    if (*highest <= 0) break;
    const int row = static_cast<int>(highest - most.begin());
    const auto* votes = votes_.ptr<float>(row);
    const int column = static_cast<int>(std::find(votes, votes + votes_.cols, *highest) - votes);
    peaks.push_back({(column + 0.5) * kCell, (row + 0.5) * kCell});
    const cv::Rect around =
        cv::Rect(column - radius, row - radius, 2 * radius + 1, 2 * radius + 1) &
        cv::Rect({0, 0}, votes_.size());
    votes_(around).setTo(0);
    for (int j = around.y; j < around.y + around.height; ++j) most[j] = MostInRow(j);
  }
  return peaks;
}

void CircleSearch::KeepMatching(const ColorMatcher& matcher, int factor, const Window& window) {
  for (int j = 0; j < votes_.rows; ++j) {
    const int y = std::min(window.top + (j * kCell + 1) * factor, window.bottom - 1);
    const ColorMatcher::Row row = matcher.RowAt(y);
    auto* votes = votes_.ptr<float>(j);
    for (int i = 0; i < votes_.cols; ++i) {
      const int x = std::min(window.left + (i * kCell + 1) * factor, window.right - 1);
      if (!row.Matches(x)) votes[i] = 0;
    }
  }
}

std::vector<Point> CircleSearch::Find(const FrameView& frame, const ColorMatcher& matcher,
                                      const RadiusRange& range, const Window& window) {
  const int factor = ReductionFor(range, window);
  ReduceLuma(frame, factor, window);
  FindEdges();
  Vote(std::max(1.0, range.min / factor), range.max / factor);
  KeepMatching(matcher, factor, window);
  std::vector<Point> centres = Peaks(range.min / factor);
  for (Point& centre : centres) {
    centre = {window.left + (centre.x + 0.5) * factor, window.top + (centre.y + 0.5) * factor};
  }
  return centres;
}

}  // namespace ball::locate
