// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/coverage.h"

#include <algorithm>
#include <cmath>

namespace ball {
namespace {

// Chords end in sample i, i + 1 or i + 2: one sample more than the two that a hat reaches, as steps
// are counted.
constexpr int kReach = 2;

// For values above -8, where it is much cheaper than std::floor.
int Floor(double value) { return static_cast<int>(value + 8) - 8; }

// Where rounding to a sample number must stay an int, however far away the disc is.
double Near(double value, double low, double high) { return std::clamp(value, low - 4, high + 4); }

}  // namespace

SampleRect BoundsOf(const Disc& disc, const SampledArea& area) {
  const auto first = [](double edge, int size) {
    return std::clamp(Floor(Near(edge, 0, size)), 0, size);
  };
  const auto end = [](double edge, int size) {
    return std::clamp(Floor(Near(edge, 0, size)) + 2, 0, size);
  };
  return {first(disc.x - disc.radius, area.width), first(disc.y - disc.radius, area.height),
          end(disc.x + disc.radius, area.width), end(disc.y + disc.radius, area.height)};
}

void DiscCoverage::Start(const Disc& disc, const SampledArea& area) {
  disc_ = disc;
  area_ = area;
  bounds_ = BoundsOf(disc, area);
  if (bounds_.Empty()) bounds_.bottom = bounds_.top;
  next_row_ = bounds_.top;
  first_column_ = bounds_.left - 1;
  columns_ = bounds_.right + kReach + 2 - first_column_;
  for (auto& steps : steps_) steps.assign(columns_, 0);
  coverage_.assign(columns_, 0);
  if (bounds_.top < bounds_.bottom) AddCell(bounds_.top - 1);
}

std::optional<CoverageRow> DiscCoverage::Next() {
  if (next_row_ >= bounds_.bottom) return {};
  const int y = next_row_++;
  AddCell(y);
  return RowOf(y);
}

double DiscCoverage::HalfChord(double y) const {
  const double away = y - disc_.y;
  return std::sqrt(std::max(0.0, disc_.radius * disc_.radius - away * away));
}

// Two, and as many more as it takes for the chord to grow by a third of a sample from one to the
// next.
int DiscCoverage::SlicesIn(double top, double bottom) const {
  const double ends[] = {HalfChord(top), HalfChord(bottom)};
  const bool widest_inside = top < disc_.y && disc_.y < bottom;
  const double widest = widest_inside ? disc_.radius : std::max(ends[0], ends[1]);
  const double change = widest - std::min(ends[0], ends[1]);
  return 2 + std::min(kMostSlices - 2, Floor(3 * change));
}

// The disc between row `row` and the next one, which is seen by the samples of both.
void DiscCoverage::AddCell(int row) {
  const double top = std::max({area_.top, disc_.y - disc_.radius, static_cast<double>(row)});
  const double bottom =
      std::min({area_.bottom, disc_.y + disc_.radius, static_cast<double>(row) + 1});
  if (top >= bottom) return;
  const int slices = SlicesIn(top, bottom);
  const double height = (bottom - top) / slices;
  std::array<End, kMostSlices> left;
  std::array<End, kMostSlices> right;
  for (int i = 0; i < slices; ++i) {
    const double y = top + (i + 0.5) * height;
    const double half = HalfChord(y);
    const auto below = static_cast<float>(height * (y - row));
    const auto above = static_cast<float>(height) - below;
    left[i] = {std::clamp(disc_.x - half, area_.left, area_.right), above, below};
    right[i] = {std::clamp(disc_.x + half, area_.left, area_.right), -above, -below};
  }
  AddEnds({left.data(), static_cast<size_t>(slices)}, row);
  AddEnds({right.data(), static_cast<size_t>(slices)}, row);
}

// From its end on, a slice is covered: what each hat sees of that, as steps from sample to sample.
// A hat falls to both sides, so its integral is made of two parabolas. Neighbouring slices mostly
// end at the same sample: their steps are added up before they are stored.
void DiscCoverage::AddEnds(std::span<const End> ends, int row) {
  std::array<float, 4> above{};  // the fourth is always 0: it makes them one vector
  std::array<float, 4> below{};
  int column = Floor(ends.front().x);
  const auto store = [&](float* upper, float* lower) {
    for (int i = 0; i < 4; ++i) upper[i] += above[i];
    for (int i = 0; i < 4; ++i) lower[i] += below[i];
    above = below = {};
  };
  for (const End& end : ends) {
    const int its_column = Floor(end.x);
    if (its_column != column) {
      store(StepsAt(row, column), StepsAt(row + 1, column));
      column = its_column;
    }
    const auto part = static_cast<float>(end.x - column);
    const float steps[] = {(1 - part) * (1 - part) / 2, 0.5F + part * (1 - part), part * part / 2,
                           0};
    for (int i = 0; i < 4; ++i) above[i] += end.above * steps[i];
    for (int i = 0; i < 4; ++i) below[i] += end.below * steps[i];
  }
  store(StepsAt(row, column), StepsAt(row + 1, column));
}

// Beyond the border there are no rows: the outermost one stands for them.
float* DiscCoverage::StepsAt(int row, int column) {
  return steps_[std::clamp(row, 0, area_.height - 1) & 1].data() + (column - first_column_);
}

DiscCoverage::Reach DiscCoverage::ReachOf(double one, double other) const {
  const auto column = [this](double x) { return Floor(std::clamp(x, area_.left, area_.right)); };
  return {column(one), column(other) + kReach};
}

// Adds up the steps within reach, and clears them for the row after next.
float DiscCoverage::Sum(int row, Reach reach, float sum) {
  float* steps = StepsAt(row, reach.first);
  float* coverage = coverage_.data() + (reach.first - first_column_);
  for (int i = 0; i <= reach.last - reach.first; ++i) {
    sum += steps[i];
    steps[i] = 0;
    coverage[i] = std::clamp(sum, 0.0F, 1.0F);
  }
  return sum;
}

// What the samples beyond the left and right border would see counts for the outermost ones.
void DiscCoverage::FoldBorders() {
  const auto fold = [this](int from, int to) {
    float& outside = coverage_[from - first_column_];
    float& inside = coverage_[to - first_column_];
    inside = std::min(1.0F, inside + outside);
    outside = 0;
  };
  if (first_column_ == -1) fold(-1, 0);
  if (bounds_.right == area_.width) fold(area_.width, area_.width - 1);
}

CoverageRun DiscCoverage::RunOf(Reach reach) const {
  const int first = std::max(reach.first, bounds_.left);
  const int end = std::min(reach.last + 1, bounds_.right);
  if (first >= end) return {bounds_.left, {}};
  return {first, std::span(coverage_).subspan(first - first_column_, end - first)};
}

CoverageRow DiscCoverage::RowOf(int y) {
  // The chords that this row's samples see lie within one row above and below.
  const double nearest = std::clamp(disc_.y, y - 1.0, y + 1.0);
  const double wide = HalfChord(nearest);
  const double narrow = std::min(HalfChord(y - 1.0), HalfChord(y + 1.0));
  Reach left = ReachOf(disc_.x - wide, disc_.x - narrow);
  Reach right = ReachOf(disc_.x + narrow, disc_.x + wide);
  if (left.last + 1 >= right.first) {  // nothing solid between them
    left.last = right.last;
    Sum(y, left, 0);
    FoldBorders();
    return {y, RunOf(left), 0, 0, {}};
  }
  Sum(y, right, Sum(y, left, 0));
  FoldBorders();
  return {y, RunOf(left), left.last + 1, right.first - left.last - 1, RunOf(right)};
}

}  // namespace ball
