// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/regions.h"

#include <algorithm>
#include <cmath>

namespace ball::locate {
namespace {

// Sample k of count, step apart, the last one at the end of [first, last].
int SampleAt(int k, int step, int first, int last) { return std::min(first + k * step, last); }

int SampleCount(int step, int first, int last) { return (last - first + step - 1) / step + 1; }

// The border itself is often spoiled (black lines, filters): sample one pixel inside where
// possible.
int FirstSample(int begin, int end) { return end - begin > 2 ? begin + 1 : begin; }
int LastSample(int begin, int end) { return end - begin > 2 ? end - 2 : end - 1; }

double LumaAt(const Layer& layer, const FrameView& frame, int x, int y) {
  CodedColor color{};
  for (int c = 0; c < layer.component_count; ++c) color[c] = layer.components[c].At(x, y);
  return LumaOf(color, frame);
}

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
  regions_.clear();
  region_of_node_.assign(runs_.size(), -1);
  for (int i = 0; i < static_cast<int>(runs_.size()); ++i) {
    const Run& run = runs_[i];
    Collect(i, run.first_x, run.last_x, run.y, run.samples, run.sum_x);
  }
  return regions_;
}

void RegionSearch::ScanRow(const ColorMatcher::Row& row, int stagger, int step,
                           const Window& window, int y) {
  const int first = FirstSample(window.left, window.right);
  const int last = LastSample(window.left, window.right);
  const auto add = [&](int x) {
    const bool joins = !runs_.empty() && runs_.back().y == y && x - runs_.back().last_x <= step;
    if (!joins) {
      runs_.push_back({x, x, 0, y, 0.0});
      sets_.Add();
    }
    Run& run = runs_.back();
    run.last_x = x;
    run.sum_x += x;
    ++run.samples;
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
  const Layer layer = LayersOf(frame).items[0];
  const int first_x = FirstSample(window.left, window.right);
  const int last_x = LastSample(window.left, window.right);
  const int first_y = FirstSample(window.top, window.bottom);
  const int last_y = LastSample(window.top, window.bottom);
  const int columns = SampleCount(grid.step_x, first_x, last_x);
  const int rows = SampleCount(grid.step_y, first_y, last_y);
  sets_.Clear();
  luma_.clear();
  for (int row = 0; row < rows; ++row) {
    const int y = SampleAt(row, grid.step_y, first_y, last_y);
    for (int column = 0; column < columns; ++column) {
      luma_.push_back(LumaAt(layer, frame, SampleAt(column, grid.step_x, first_x, last_x), y));
      const int node = sets_.Add();
      const auto link = [&](int other) {
        if (std::abs(luma_[other] - luma_[node]) <= step) sets_.Unite(other, node);
      };
      if (column > 0) link(node - 1);
      if (row > 0) link(node - columns);
    }
  }
  regions_.clear();
  region_of_node_.assign(luma_.size(), -1);
  for (int node = 0; node < rows * columns; ++node) {
    const int x = SampleAt(node % columns, grid.step_x, first_x, last_x);
    Collect(node, x, x, SampleAt(node / columns, grid.step_y, first_y, last_y), 1, x);
  }
  return regions_;
}

void RegionSearch::Collect(int node, int first_x, int last_x, int y, int samples, double sum_x) {
  int& index = region_of_node_[sets_.Find(node)];
  if (index < 0) {
    index = static_cast<int>(regions_.size());
    regions_.push_back({{first_x, y, last_x + 1, y + 1}, 0, 0.0, 0.0});
  }
  Region& region = regions_[index];
  region.bounds.left = std::min(region.bounds.left, first_x);
  region.bounds.right = std::max(region.bounds.right, last_x + 1);
  region.bounds.bottom = std::max(region.bounds.bottom, y + 1);
  region.samples += samples;
  region.sum_x += sum_x;
  region.sum_y += static_cast<double>(samples) * y;
}

}  // namespace ball::locate
