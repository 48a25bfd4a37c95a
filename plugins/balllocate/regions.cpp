// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/regions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace ball::locate {
namespace {

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

const std::vector<Region>& RegionSearch::OfColor(const ColorMatcher& matcher,
                                                 const SampleGrid& grid, const Window& window) {
  runs_.clear();
  sets_.Clear();
  const int first_y = FirstSample(window.top, window.bottom);
  const int last_y = LastSample(window.top, window.bottom);
  const int rows = SampleCount(grid.step_y, first_y, last_y);
  int previous_begin = 0;
  for (int k = 0; k < rows; ++k) {
    const int y = SampleAt(k, grid.step_y, first_y, last_y);
    const int current_begin = static_cast<int>(runs_.size());
    const int stagger = k % 2 == 0 ? 0 : grid.step_x / 2;
    ScanRow(matcher.RowAt(y), stagger, grid.step_x, window, y);
    LinkRows(previous_begin, current_begin, (grid.step_x + 1) / 2);
    previous_begin = current_begin;
  }
  return CollectRuns();
}

void RegionSearch::AddSample(int x, int y, bool joins) {
  if (!joins) {
    runs_.push_back({x, x, 0, y, 0.0});
    sets_.Add();
  }
  Run& run = runs_.back();
  run.last_x = x;
  run.sum_x += x;
  ++run.samples;
}

void RegionSearch::ScanRow(const ColorMatcher::Row& row, int stagger, int step,
                           const Window& window, int y) {
  const int first = FirstSample(window.left, window.right);
  const int last = LastSample(window.left, window.right);
  const auto add = [&](int x) {
    AddSample(x, y, !runs_.empty() && runs_.back().y == y && x - runs_.back().last_x <= step);
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
  const int end = static_cast<int>(runs_.size());
  while (above < current_begin && below < end) {
    if (runs_[above].first_x <= runs_[below].last_x + reach &&
        runs_[below].first_x <= runs_[above].last_x + reach) {
      sets_.Unite(above, below);
    }
    if (runs_[above].last_x < runs_[below].last_x) {
      ++above;
    } else {
      ++below;
    }
  }
}

const std::vector<Region>& RegionSearch::OfEvenLuma(const FrameView& frame, const SampleGrid& grid,
                                                    double step, const Window& window) {
  const LumaReader reader(frame);
  const int first_x = FirstSample(window.left, window.right);
  const int last_x = LastSample(window.left, window.right);
  const int first_y = FirstSample(window.top, window.bottom);
  const int last_y = LastSample(window.top, window.bottom);
  const int rows = SampleCount(grid.step_y, first_y, last_y);
  const auto are_even = [=](const Sample& a, const Sample& b) {
    return std::abs(a.luma - b.luma) <= step;
  };
  runs_.clear();
  sets_.Clear();
  // So that nothing is even with what lies above the first row.
  row_.assign(SampleCount(grid.step_x, first_x, last_x), {std::numeric_limits<double>::max(), 0});
  for (int k = 0; k < rows; ++k) {
    const int y = SampleAt(k, grid.step_y, first_y, last_y);
    Sample before;
    // Two runs are beside each other for many columns.
    std::pair<int, int> united;
    for (int column = 0; column < static_cast<int>(row_.size()); ++column) {
      const int x = SampleAt(column, grid.step_x, first_x, last_x);
      const Sample above = row_[column];
      Sample& sample = row_[column];
      sample.luma = reader.At(x, y);
      AddSample(x, y, column > 0 && are_even(before, sample));
      sample.run = static_cast<int>(runs_.size()) - 1;
      const std::pair<int, int> pair{above.run, sample.run};
      if (are_even(above, sample) && pair != united) {
        sets_.Unite(above.run, sample.run);
        united = pair;
      }
      before = sample;
    }
  }
  return CollectRuns();
}

const std::vector<Region>& RegionSearch::CollectRuns() {
  regions_.clear();
  region_of_run_.assign(runs_.size(), -1);
  for (int i = 0; i < static_cast<int>(runs_.size()); ++i) {
    const Run& run = runs_[i];
    int& index = region_of_run_[sets_.Find(i)];
    if (index < 0) {
      index = static_cast<int>(regions_.size());
      regions_.push_back({{run.first_x, run.y, run.last_x + 1, run.y + 1}, 0, 0.0, 0.0});
    }
    Region& region = regions_[index];
    region.bounds.left = std::min(region.bounds.left, run.first_x);
    region.bounds.right = std::max(region.bounds.right, run.last_x + 1);
    region.bounds.bottom = std::max(region.bounds.bottom, run.y + 1);
    region.samples += run.samples;
    region.sum_x += run.sum_x;
    region.sum_y += static_cast<double>(run.samples) * run.y;
  }
  return regions_;
}

}  // namespace ball::locate
