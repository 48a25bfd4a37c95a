// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "plugins/ball.h"
#include "plugins/balllocate/circle_search.h"
#include "plugins/balllocate/frame_view.h"
#include "plugins/balllocate/regions.h"
#include "plugins/balllocate/rim_fit.h"

namespace ball::locate {

// How a locator looks for the ball.
enum class LocateMethod {
  kColor,     // a disc of the ball's colour
  kContrast,  // an even disc that is brighter or darker than what surrounds it, of any colour
  kHough,     // a circular edge in luma, or a disc, filled with the ball's colour
};

struct LocatorSettings {
  std::uint32_t ball_color = 0xffff8000;  // 0xAARRGGBB, alpha is ignored
  // How far each coded component (Y, U, V or R, G, B) may be from the ball's colour, as a share of
  // 255. On grey frames this is the colour's luma. With kContrast: how far the ball's luma must be
  // from its surroundings'.
  double tolerance = 0.1;
  double min_radius = 5;  // pixels, at least 2
  double max_radius = 0;  // pixels; 0: half the longer side of the picture
  LocateMethod method = LocateMethod::kColor;
  bool track = false;  // look near the last ball first
};

// What was found, and how sure that is (above 0, at most 1).
struct Detection {
  Ball ball;
  double confidence = 0;
};

// Finds the ball in a frame, to a fraction of a pixel.
//
// A candidate must be round, filled with one colour, stand out from what surrounds it and have a
// radius in range; otherwise the answer is nothing. A ball cut by the border of the picture is
// found while about 40 % of it is visible; its centre may then lie outside. Of several candidates
// the one with the highest confidence is taken (in steps of 0.05), of equals the one nearest to
// the last ball (only with `track`), then the largest, then the topmost. Frames are only read. May
// throw cv::Exception (kHough) and std::bad_alloc. Streaming thread.
class Locator {
 public:
  explicit Locator(const LocatorSettings& settings) : settings_(settings) {}

  // Changes what to look for; where the ball was is kept.
  void Configure(const LocatorSettings& settings) { settings_ = settings; }

  std::optional<Detection> Locate(const FrameView& frame);

  // Forgets where the ball was.
  void Forget() { last_.reset(); }

 private:
  struct Target {
    CodedColor color{};
    double tolerance = 0;         // levels
    bool must_stand_out = false;  // be brighter or darker than what surrounds it
  };

  std::optional<Detection> SearchNearLast(const FrameView& frame);
  // Balls whose radius is below `smallest` may be missed.
  void Search(const FrameView& frame, const Window& window, double smallest);
  void SearchColor(const FrameView& frame, const Window& window, double smallest);
  void SearchContrast(const FrameView& frame, const Window& window);
  void SearchHough(const FrameView& frame, const Window& window);
  // Returns how many centres there were.
  int TryCircles(const FrameView& frame, const ColorMatcher& matcher, const Window& window,
                 const Target& target);
  bool TryRegion(const FrameView& frame, const Region& region, const Target& target);
  bool TryPoint(const FrameView& frame, const ColorMatcher& matcher, const Point& start,
                const Target& target);
  std::optional<Detection> Best() const;
  bool IsBetter(const Detection& a, const Detection& b) const;

  LocatorSettings settings_;
  RadiusRange range_;  // of the current picture
  RegionSearch region_search_;
  CircleSearch circle_search_;
  RimFitter rim_fitter_;
  std::vector<Detection> found_;
  double nearest_color_ = 0;  // of those found, as a share of the tolerance
  std::optional<Ball> last_;
};

}  // namespace ball::locate
