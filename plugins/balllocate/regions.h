// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/balllocate/color_matcher.h"
#include "plugins/balllocate/frame_view.h"

namespace ball::locate {

// A rectangle of whole pixels: [left, right) x [top, bottom).
struct Window {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;

  int width() const { return right - left; }
  int height() const { return bottom - top; }
};

// Connected sample points that belong together: where a ball may be.
struct Region {
  Window bounds;    // of the sample points
  int samples = 0;  // how many
  double sum_x = 0;
  double sum_y = 0;

  double center_x() const { return sum_x / samples; }
  double center_y() const { return sum_y / samples; }
};

// Sample points in staggered rows, so dense that every disc of `radius` (pixels, at least 1) inside
// the window holds one, with the window's border sampled as well (half a disc at the border holds
// one, too).
struct SampleGrid {
  int step_x = 1;
  int step_y = 1;
};
SampleGrid GridFor(double radius);

// Disjoint sets of nodes 0, 1, 2...; the representative of a set is its smallest node.
class DisjointSets {
 public:
  void Clear() { parent_.clear(); }
  int Add();
  int Find(int node);
  void Unite(int a, int b);

 private:
  std::vector<int> parent_;
};

// Finds the regions of a picture on a sample grid. Keeps its buffers from call to call. Streaming
// thread.
class RegionSearch {
 public:
  // Regions whose pixels have the matcher's colour.
  const std::vector<Region>& OfColor(const ColorMatcher& matcher, const SampleGrid& grid,
                                     const Window& window);

  // Regions of even luma: neighbouring sample points differ by at most `step` (levels). They cover
  // the window.
  const std::vector<Region>& OfEvenLuma(const FrameView& frame, const SampleGrid& grid, double step,
                                        const Window& window);

 private:
  // Sample points next to each other in one row that belong together.
  struct Run {
    int first_x = 0;
    int last_x = 0;
    int samples = 0;
    int y = 0;
    double sum_x = 0;
  };

  struct Sample {
    double luma = 0;
    int run = 0;  // which it belongs to
  };

  // At the end of the last run, or of one of its own.
  void AddSample(int x, int y, bool joins);
  void ScanRow(const ColorMatcher::Row& row, int stagger, int step, const Window& window, int y);
  void LinkRows(int previous_begin, int current_begin, int reach);
  const std::vector<Region>& CollectRuns();

  std::vector<Run> runs_;
  DisjointSets sets_;  // of runs
  std::vector<Sample> row_;
  std::vector<int> region_of_run_;
  std::vector<Region> regions_;
};

}  // namespace ball::locate
