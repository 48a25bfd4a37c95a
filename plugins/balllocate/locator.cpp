// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/locator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "plugins/balllocate/inspection.h"

namespace ball::locate {
namespace {

constexpr double kLevels = 255.0;
// A ball on a background of nearly its own colour is told apart by a tighter tolerance only.
constexpr std::array<double, 3> kTightening{1.0, 1.0 / 3, 1.0 / 9};
constexpr double kTightest = 2.0;
// Share of the tolerance up to which a colour is the ball's. With one farther off, a ball of the
// right colour may be there as well, touching it.
constexpr double kSureColor = 1.0 / 3;
// What a disc has to look like (see Inspection and RimFit).
constexpr double kMinVisible = 0.4;
constexpr double kMinFill = 0.93;
constexpr double kMaxSurround = 0.25;
constexpr double kMaxUnevenness = 0.14;
constexpr double kMinClear = 0.8;
constexpr int kMinClearSectors = 6;
constexpr double kWhole = 0.99;
constexpr double kMaxError = 0.2;
constexpr double kMaxErrorCut = 0.15;
constexpr double kMinStandOut = 0.75;
// Any even patch is a candidate where the colour is not known: shape has to make up for that.
constexpr double kSureWithoutColor = 0.8;
// Near the last ball one is looked for that has at least this share of its radius. One that shrinks
// faster is found in the whole picture.
constexpr double kLeastOfLast = 0.5;
// Circles are looked for until so many centres were tried.
constexpr int kMostTries = 64;
// Pixels that a radius may lie outside the range: the fit's own error.
constexpr double kRadiusSlack = 0.5;

Window WholePicture(const FrameView& frame) { return {0, 0, frame.width, frame.height}; }

// What is out of round by more is not a disc; chance makes the estimate itself uncertain.
double RoughnessLimit(const RimFit& fit) {
  const double limit = 0.42 + 0.01 * fit.ball.radius;
  return std::sqrt(limit * limit + 0.7 * fit.chance * fit.chance);
}

// An edge that is as wide as the ball is no edge.
bool IsSharp(const RimFit& fit) { return std::sqrt(12 * fit.blur) <= 0.38 * fit.ball.radius; }

// Chroma samples are pure only where their whole footprint is inside the ball.
double PureRadius(double radius, const FrameView& frame) {
  const bool subsampled = LayersOf(frame).count > 1;
  return std::max(1.0, radius - (subsampled ? 1.4 : 0.7));
}

bool IsReadable(const FrameView& frame) {
  if (frame.width < 1 || frame.height < 1) return false;
  const Layers layers = LayersOf(frame);
  return std::all_of(layers.begin(), layers.end(), [](const Layer& layer) {
    return layer.components[0].data != nullptr &&
           layer.components[layer.component_count - 1].data != nullptr;
  });
}

// How far the colour is from the wanted one, as a share of the tolerance.
double ColorError(const CodedColor& color, const CodedColor& wanted, double tolerance) {
  double error = 0;
  for (std::size_t c = 0; c < color.size(); ++c) {
    error = std::max(error, std::abs(color[c] - wanted[c]));
  }
  return std::min(1.0, error / std::max(tolerance, 1.0));
}

bool LooksLikeBall(const Inspection& seen, const RimFit& fit) {
  const double most_error = seen.visible < kWhole ? kMaxErrorCut : kMaxError;
  return seen.visible >= kMinVisible && seen.fill >= kMinFill && seen.surround <= kMaxSurround &&
         seen.unevenness <= kMaxUnevenness && fit.clear_share >= kMinClear &&
         fit.clear_sectors >= kMinClearSectors && fit.roughness <= RoughnessLimit(fit) &&
         fit.error <= most_error && IsSharp(fit);
}

double Confidence(const Inspection& seen, const RimFit& fit, double color_error) {
  const double roughness = fit.roughness / RoughnessLimit(fit);
  return seen.fill * (0.5 + 0.5 * fit.clear_share) * (1 - 0.4 * roughness * roughness) *
         (1 - 0.5 * color_error) * (0.5 + 0.5 * std::min(1.0, seen.visible));
}

// Whether a region of the grid is about as wide as high, filled, and neither too small nor too
// large.
bool MayBeDisc(const Region& region, const SampleGrid& grid, const RadiusRange& range) {
  const double width = region.bounds.width() - 1 + grid.step_x;
  const double height = region.bounds.height() - 1 + grid.step_y;
  const double longer = std::max(width, height);
  const double shorter = std::min(width, height);
  const double fill = region.samples * grid.step_x * grid.step_y / (width * height);
  return region.samples >= 3 && shorter >= range.min && longer >= 1.5 * range.min &&
         longer <= 2 * range.max + 2 * grid.step_x && longer <= 2.5 * shorter && fill >= 0.4;
}

// Whether a region, of a grid whose rows are not staggered, fills its bounds to the corners. A disc
// six samples wide and high, even one cut by the border, leaves more than three of them empty.
bool HasCorners(const Region& region, const SampleGrid& grid) {
  const auto samples_in = [](int length, int step) { return (length - 1 + step - 1) / step + 1; };
  const int columns = samples_in(region.bounds.width(), grid.step_x);
  const int rows = samples_in(region.bounds.height(), grid.step_y);
  return std::min(columns, rows) >= 6 && region.samples > columns * rows - 4;
}

// The whole region's middle first; then, should several balls or something else hang together,
// the middles of its halves and quarters.
std::vector<Point> StartsIn(const Region& region) {
  std::vector<Point> starts{{region.center_x() + 0.5, region.center_y() + 0.5}};
  if (region.samples < 4) return starts;
  for (const double v : {0.5, 0.25, 0.75}) {
    for (const double u : {0.5, 0.25, 0.75}) {
      starts.push_back({region.bounds.left + u * region.bounds.width(),
                        region.bounds.top + v * region.bounds.height()});
    }
  }
  return starts;
}

std::int64_t AreaOf(const Window& window) { return std::int64_t{window.width()} * window.height(); }

// What each region and the edges about it lie in, the largest first, and no more than together are
// twice as large as `window`.
std::vector<Window> Around(const std::vector<Region>& regions, const SampleGrid& grid,
                           const Window& window) {
  const int margin = 2 * std::max(grid.step_x, grid.step_y);
  std::vector<Window> windows;
  for (const Region& region : regions) {
    const Window& bounds = region.bounds;
    windows.push_back({std::max(window.left, bounds.left - margin),
                       std::max(window.top, bounds.top - margin),
                       std::min(window.right, bounds.right + margin),
                       std::min(window.bottom, bounds.bottom + margin)});
  }
  std::sort(windows.begin(), windows.end(),
            [](const Window& a, const Window& b) { return AreaOf(a) > AreaOf(b); });
  std::int64_t left = 2 * AreaOf(window);
  const auto end = std::find_if(windows.begin(), windows.end(), [&left](const Window& each) {
    left -= AreaOf(each);
    return left < 0;
  });
  windows.erase(end, windows.end());
  return windows;
}

}  // namespace

std::optional<Detection> Locator::Locate(const FrameView& frame) {
  if (!IsReadable(frame)) return {};
  const double longest = std::max(frame.width, frame.height);
  range_ = {settings_.min_radius, settings_.max_radius > 0 ? settings_.max_radius : longest / 2};
  auto detection = SearchNearLast(frame);
  if (!detection) {
    found_.clear();
    Search(frame, WholePicture(frame), range_.min);
    detection = Best();
  }
  last_.reset();
  if (detection) last_ = detection->ball;
  return detection;
}

std::optional<Detection> Locator::SearchNearLast(const FrameView& frame) {
  if (!settings_.track || !last_) return {};
  // Twice the radius and a little: a ball may move by its own diameter between two frames.
  const double reach = 3 * last_->radius + 16;
  const Window window{std::max(0, static_cast<int>(last_->x - reach)),
                      std::max(0, static_cast<int>(last_->y - reach)),
                      std::min(frame.width, static_cast<int>(last_->x + reach)),
                      std::min(frame.height, static_cast<int>(last_->y + reach))};
  if (window.width() < 1 || window.height() < 1) return {};
  found_.clear();
  Search(frame, window, std::max(range_.min, kLeastOfLast * last_->radius));
  return Best();
}

void Locator::Search(const FrameView& frame, const Window& window, double smallest) {
  switch (settings_.method) {
    case LocateMethod::kColor:
      return SearchColor(frame, window, smallest);
    case LocateMethod::kContrast:
      return SearchContrast(frame, window);
    case LocateMethod::kHough:
      return SearchHough(frame, window);
  }
}

void Locator::SearchColor(const FrameView& frame, const Window& window, double smallest) {
  const Layers layers = LayersOf(frame);
  const CodedColor color = ColorInFrame(settings_.ball_color, frame);
  const SampleGrid grid = GridFor(PureRadius(smallest, frame));
  nearest_color_ = 1e9;
  for (const double share : kTightening) {
    const Target target{color, std::max(kTightest, share * settings_.tolerance * kLevels)};
    const ColorMatcher matcher(layers, color, target.tolerance);
    const auto& regions = region_search_.OfColor(matcher, grid, window);
    for (const Region& region : regions) TryRegion(frame, region, target);
    if (regions.empty() || nearest_color_ <= kSureColor) return;
  }
}

// The ball's colour is not known, but that of the region is.
void Locator::SearchContrast(const FrameView& frame, const Window& window) {
  const Layers layers = LayersOf(frame);
  const double tolerance = settings_.tolerance * kLevels;
  const SampleGrid grid = GridFor(std::max(1.0, settings_.min_radius / 1.5));
  for (const Region& region : region_search_.OfEvenLuma(frame, grid, tolerance / 2, window)) {
    if (!MayBeDisc(region, grid, range_) || HasCorners(region, grid)) continue;
    const Point centre{region.center_x() + 0.5, region.center_y() + 0.5};
    const CodedColor color =
        ColorAround(layers, static_cast<int>(centre.x), static_cast<int>(centre.y));
    const ColorMatcher matcher(layers, color, tolerance);
    TryPoint(frame, matcher, centre, {color, tolerance, true});
  }
}

void Locator::SearchHough(const FrameView& frame, const Window& window) {
  const Target target{ColorInFrame(settings_.ball_color, frame), settings_.tolerance * kLevels};
  const ColorMatcher matcher(LayersOf(frame), target.color, target.tolerance);
  const SampleGrid grid = GridFor(PureRadius(range_.min, frame));
  const auto& regions = region_search_.OfColor(matcher, grid, window);
  // The rim of a ball that is filled with the colour is where the colour is.
  int tries = 0;
  for (const Window& around : Around(regions, grid, window)) {
    if (tries < kMostTries) tries += TryCircles(frame, matcher, around, target);
  }
  if (!found_.empty()) return;
  // Luma hardly shows one that is as bright as what surrounds it.
  for (const Region& region : regions) TryRegion(frame, region, target);
}

int Locator::TryCircles(const FrameView& frame, const ColorMatcher& matcher, const Window& window,
                        const Target& target) {
  const std::vector<Point> centres = circle_search_.Find(frame, matcher, range_, window);
  for (const Point& centre : centres) {
    // Votes for one ball spread: its rim is fitted once.
    const bool is_in_found = std::any_of(found_.begin(), found_.end(), [&](const Detection& found) {
      return std::hypot(centre.x - found.ball.x, centre.y - found.ball.y) < found.ball.radius;
    });
    if (!is_in_found) TryPoint(frame, matcher, centre, target);
  }
  return static_cast<int>(centres.size());
}

bool Locator::TryRegion(const FrameView& frame, const Region& region, const Target& target) {
  const ColorMatcher matcher(LayersOf(frame), target.color, target.tolerance);
  const std::vector<Point> starts = StartsIn(region);
  return std::any_of(starts.begin(), starts.end(),
                     [&](const Point& start) { return TryPoint(frame, matcher, start, target); });
}

bool Locator::TryPoint(const FrameView& frame, const ColorMatcher& matcher, const Point& start,
                       const Target& target) {
  const auto outline = TraceOutline(matcher, start, range_);
  if (!outline) return false;
  const auto fit = rim_fitter_.Fit(LayersOf(frame), *outline);
  if (!fit || fit->ball.radius < range_.min - kRadiusSlack ||
      fit->ball.radius > range_.max + kRadiusSlack) {
    return false;
  }
  const Inspection seen = Inspect(frame, matcher, fit->ball, target.tolerance);
  if (!LooksLikeBall(seen, *fit)) return false;
  if (target.must_stand_out && std::max(seen.brighter, seen.darker) < kMinStandOut) return false;
  const double error = ColorError(seen.color, target.color, settings_.tolerance * kLevels);
  const double confidence = Confidence(seen, *fit, error);
  if (target.must_stand_out && confidence < kSureWithoutColor) return false;
  nearest_color_ = std::min(nearest_color_, error);
  found_.push_back({fit->ball, confidence});
  return true;
}

bool Locator::IsBetter(const Detection& a, const Detection& b) const {
  constexpr double kStep = 0.05;
  const double step_a = std::round(a.confidence / kStep);
  const double step_b = std::round(b.confidence / kStep);
  if (step_a != step_b) return step_a > step_b;
  if (settings_.track && last_) {
    return std::hypot(a.ball.x - last_->x, a.ball.y - last_->y) <
           std::hypot(b.ball.x - last_->x, b.ball.y - last_->y);
  }
  return a.ball.radius > b.ball.radius;
}

std::optional<Detection> Locator::Best() const {
  if (found_.empty()) return {};
  const Detection* best = &found_.front();
  for (const Detection& candidate : found_) {
    if (IsBetter(candidate, *best)) best = &candidate;
  }
  return *best;
}

}  // namespace ball::locate
