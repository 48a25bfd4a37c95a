// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/balllocate/bit_row.h"
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

  void Add(const Region& other);
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
  // Columns [begin, end) of a row that belong together, and to a part.
  struct Run {
    int begin = 0;
    int end = 0;
    int part = 0;
  };
  using RunIterator = std::vector<Run>::const_iterator;

  void Clear();
  // Which one it is.
  int AddPart(const Region& part);
  void ScanRow(const ColorMatcher::Row& row, int stagger, int step, const Window& window, int y);
  void LinkRows(int previous_begin, int current_begin, int reach);
  // The part of columns [begin, end), the same as that of what is even with them in the row above,
  // or a new one. `above` is the first run there that does not end before them.
  int PartWith(const Region& run, int begin, int end, RunIterator above);
  const std::vector<Region>& Collect();

  std::vector<Region> parts_;  // of regions
  DisjointSets sets_;          // of parts
  std::vector<int> region_of_part_;
  std::vector<Region> regions_;
  // Of two rows of samples, in shares of a level.
  std::vector<std::int16_t> luma_;
  std::vector<std::int16_t> luma_above_;
  std::vector<Run> runs_;
  std::vector<Run> runs_above_;
  BitRow apart_;  // from the next one
  BitRow even_;   // with the one above
};

}  // namespace ball::locate
