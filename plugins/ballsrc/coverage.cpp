// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/coverage.h"

#include <algorithm>
#include <cmath>

namespace ball {
namespace {

// Chords end in sample i, i + 1 or i + 2: one sample more than the two that a hat reaches, as steps
// are counted.
constexpr int kReach = 2;

int Floor(double value) { return static_cast<int>(std::floor(value)); }

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
  columns_ = bounds_.right + kReach + 1 - first_column_;
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

// As many slices as it takes for chords to grow or shrink by a quarter of a sample between two of
// them, at both ends of a part of a row.
int DiscCoverage::SlicesIn(double top, double bottom) const {
  const double ends[] = {HalfChord(top), HalfChord(bottom)};
  const bool widest_inside = top < disc_.y && disc_.y < bottom;
  const double widest = widest_inside ? disc_.radius : std::max(ends[0], ends[1]);
  const double change = widest - std::min(ends[0], ends[1]);
  return 4 + std::min(60, Floor(4 * change));
}

// The disc between row `row` and the next one, which is seen by the samples of both.
void DiscCoverage::AddCell(int row) {
  const double top = std::max({area_.top, disc_.y - disc_.radius, static_cast<double>(row)});
  const double bottom =
      std::min({area_.bottom, disc_.y + disc_.radius, static_cast<double>(row) + 1});
  if (top >= bottom) return;
  const int slices = SlicesIn(top, bottom);
  const double height = (bottom - top) / slices;
  for (int i = 0; i < slices; ++i) AddSlice(top + (i + 0.5) * height, height, row);
}

void DiscCoverage::AddSlice(double y, double height, int row) {
  const double half = HalfChord(y);
  const double left = std::max(disc_.x - half, area_.left);
  const double right = std::min(disc_.x + half, area_.right);
  if (left >= right) return;
  const auto below = static_cast<float>(height * (y - row));
  const auto above = static_cast<float>(height) - below;
  AddEnd(left, row, above, below);
  AddEnd(right, row, -above, -below);
}

// From `x` on the slice is covered: what each hat sees of that, as steps from sample to sample. A
// hat falls to both sides, so its integral is made of two parabolas.
void DiscCoverage::AddEnd(double x, int row, float above, float below) {
  const int column = Floor(x);
  const auto part = static_cast<float>(x - column);
  const float steps[] = {(1 - part) * (1 - part) / 2, 0.5F + part * (1 - part), part * part / 2};
  float* upper = StepsOf(row) + (column - first_column_);
  float* lower = StepsOf(row + 1) + (column - first_column_);
  for (int i = 0; i < 3; ++i) {
    upper[i] += above * steps[i];
    lower[i] += below * steps[i];
  }
}

// Beyond the border there are no rows: the outermost one stands for them.
float* DiscCoverage::StepsOf(int row) {
  return steps_[std::clamp(row, 0, area_.height - 1) % 2].data();
}

DiscCoverage::Reach DiscCoverage::ReachOf(double one, double other) const {
  const auto column = [this](double x) {
    return Floor(std::clamp(x, area_.left, area_.right));
  };
  return {column(one), column(other) + kReach};
}

// Adds up the steps within reach, and clears them for the row after next.
float DiscCoverage::Sum(int row, Reach reach, float sum) {
  float* steps = StepsOf(row) - first_column_;
  float* coverage = coverage_.data() - first_column_;
  for (int i = reach.first; i <= reach.last; ++i) {
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
