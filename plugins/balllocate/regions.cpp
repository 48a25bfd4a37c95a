// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/regions.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ball::locate {
namespace {

// Luma in shares of a level, the smallest that 16 bits hold.
constexpr int kLumaScale = 128;

// Sample k of count, step apart, the last one at the end of [first, last].
int SampleAt(int k, int step, int first, int last) { return std::min(first + k * step, last); }

int SampleCount(int step, int first, int last) { return (last - first + step - 1) / step + 1; }

// The border itself is often spoiled (black lines, filters): sample one pixel inside where
// possible.
int FirstSample(int begin, int end) { return end - begin > 2 ? begin + 1 : begin; }
int LastSample(int begin, int end) { return end - begin > 2 ? end - 2 : end - 1; }

}  // namespace

// Rows of points `a` apart, every other row shifted by a / 2, `h` between rows: the largest empty
// circle is the one round a triangle of base a and height h, radius (h^2 + a^2/4) / (2h). With
// h = 1.5 r the triangle is equilateral, which needs the fewest points.
SampleGrid GridFor(double radius) {
  const double r = std::max(radius, 1.0);
  const double h = std::max(1.0, std::floor(1.5 * r));
  const double a = 2 * std::sqrt(std::max(0.25, 2 * h * r - h * h));
  return {static_cast<int>(a), static_cast<int>(h)};
}

int DisjointSets::Add() {
  parent_.push_back(static_cast<int>(parent_.size()));
  return parent_.back();
}

int DisjointSets::Find(int node) {
  while (parent_[node] != node) {
    parent_[node] = parent_[parent_[node]];
    node = parent_[node];
  }
  return node;
}

void DisjointSets::Unite(int a, int b) {
  const int root_a = Find(a);
  const int root_b = Find(b);
  parent_[std::max(root_a, root_b)] = std::min(root_a, root_b);
}

void Region::Add(const Region& other) {
  bounds.left = std::min(bounds.left, other.bounds.left);
  bounds.top = std::min(bounds.top, other.bounds.top);
  bounds.right = std::max(bounds.right, other.bounds.right);
  bounds.bottom = std::max(bounds.bottom, other.bounds.bottom);
  samples += other.samples;
  sum_x += other.sum_x;
  sum_y += other.sum_y;
}

void RegionSearch::Clear() {
  parts_.clear();
  sets_.Clear();
}

int RegionSearch::AddPart(const Region& part) {
  parts_.push_back(part);
  return sets_.Add();
}

const std::vector<Region>& RegionSearch::OfColor(const ColorMatcher& matcher,
                                                 const SampleGrid& grid, const Window& window) {
  Clear();
  const int first_y = FirstSample(window.top, window.bottom);
  const int last_y = LastSample(window.top, window.bottom);
  const int rows = SampleCount(grid.step_y, first_y, last_y);
  int previous_begin = 0;
  for (int k = 0; k < rows; ++k) {
    const int y = SampleAt(k, grid.step_y, first_y, last_y);
    const int current_begin = static_cast<int>(parts_.size());
    const int stagger = k % 2 == 0 ? 0 : grid.step_x / 2;
    ScanRow(matcher.RowAt(y), stagger, grid.step_x, window, y);
    LinkRows(previous_begin, current_begin, (grid.step_x + 1) / 2);
    previous_begin = current_begin;
  }
  return Collect();
}

void RegionSearch::ScanRow(const ColorMatcher::Row& row, int stagger, int step,
                           const Window& window, int y) {
  const int first = FirstSample(window.left, window.right);
  const int last = LastSample(window.left, window.right);
  const auto add = [&](int x) {
    const Region sample{{x, y, x + 1, y + 1}, 1, double(x), double(y)};
    const bool joins = !parts_.empty() && parts_.back().bounds.top == y &&
                       x - (parts_.back().bounds.right - 1) <= step;
    if (joins) {
      parts_.back().Add(sample);
    } else {
      AddPart(sample);
    }
  };
  if (stagger > 0 && row.Matches(first)) add(first);
  for (int x = row.FirstMatch(first + stagger, step, last); x < last;
       x = row.FirstMatch(x + step, step, last)) {
    add(x);
  }
  if (row.Matches(last)) add(last);
}

// Both lists are sorted by x and their runs do not overlap, so one pass over both is enough.
void RegionSearch::LinkRows(int previous_begin, int current_begin, int reach) {
  int above = previous_begin;
  int below = current_begin;
  const int end = static_cast<int>(parts_.size());
  while (above < current_begin && below < end) {
    const Window& a = parts_[above].bounds;
    const Window& b = parts_[below].bounds;
    if (a.left < b.right + reach && b.left < a.right + reach) sets_.Unite(above, below);
    if (a.right < b.right) {
      ++above;
    } else {
      ++below;
    }
  }
}

// What is even with the row above belongs to the same part: another one is begun only where nothing
// is, and two are united only where they meet.
const std::vector<Region>& RegionSearch::OfEvenLuma(const FrameView& frame, const SampleGrid& grid,
                                                    double step, const Window& window) {
  const LumaReader reader(frame);
  const int first_x = FirstSample(window.left, window.right);
  const int last_x = LastSample(window.left, window.right);
  const int first_y = FirstSample(window.top, window.bottom);
  const int last_y = LastSample(window.top, window.bottom);
  const int rows = SampleCount(grid.step_y, first_y, last_y);
  const int columns = SampleCount(grid.step_x, first_x, last_x);
  const auto most = static_cast<std::int16_t>(kLumaScale * std::min(step, 255.0));
  Clear();
  runs_.clear();  // nothing is above the first row
  luma_.resize(columns);
  luma_above_.resize(columns);
  for (int k = 0; k < rows; ++k) {
    const int y = SampleAt(k, grid.step_y, first_y, last_y);
    std::swap(luma_, luma_above_);
    std::swap(runs_, runs_above_);
    reader.ReadRow<kLumaScale>(first_x, y, grid.step_x, luma_.data(), &luma_.back());
    reader.ReadRow<kLumaScale>(last_x, y, 1, &luma_.back(), &luma_.back() + 1);
    apart_.SetWhereApart(luma_.data(), luma_.data() + 1, columns - 1, most);
    even_.SetWhereEven(luma_.data(), luma_above_.data(), columns, most);
    runs_.clear();
    auto above = runs_above_.cbegin();
    for (int begin = 0, end = 0; begin < columns; begin = end) {
      end = apart_.Next(begin, columns - 1) + 1;
      const int x = SampleAt(begin, grid.step_x, first_x, last_x);
      const int last = SampleAt(end - 1, grid.step_x, first_x, last_x);
      // All but the last one are a step apart.
      const double others = end - begin - 1;
      const double sum_x = others * x + grid.step_x * others * (others - 1) / 2 + last;
      const Region run{{x, y, last + 1, y + 1}, end - begin, sum_x, (others + 1) * y};
      while (above != runs_above_.cend() && above->end <= begin) ++above;
      runs_.push_back({begin, end, PartWith(run, begin, end, above)});
    }
  }
  return Collect();
}

int RegionSearch::PartWith(const Region& run, int begin, int end, RunIterator above) {
  int part = -1;
  for (; above != runs_above_.cend() && above->begin < end; ++above) {
    const int last = std::min(end, above->end);
    if (above->part == part || even_.Next(std::max(begin, above->begin), last) == last) continue;
    if (part < 0) {
      part = above->part;
      parts_[part].Add(run);
    } else {
      sets_.Unite(part, above->part);
    }
  }
  return part < 0 ? AddPart(run) : part;
}

const std::vector<Region>& RegionSearch::Collect() {
  regions_.clear();
  region_of_part_.assign(parts_.size(), -1);
  for (int i = 0; i < static_cast<int>(parts_.size()); ++i) {
    int& index = region_of_part_[sets_.Find(i)];
    if (index < 0) {
      index = static_cast<int>(regions_.size());
      regions_.push_back(parts_[i]);
    } else {
      regions_[index].Add(parts_[i]);
    }
  }
  return regions_;
}

}  // namespace ball::locate
