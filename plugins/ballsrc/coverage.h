// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace ball {

// A disc on a grid of samples, in units of the grid: sample (i, j) sits at (i, j).
struct Disc {
  double x = 0;
  double y = 0;
  double radius = 0;
};

// A grid of samples and the part of the scene whose light falls on it, in units of the grid. Light
// at the border, beyond the outermost samples, counts for these: left and top are at least -1,
// right and bottom at most width and height.
struct SampledArea {
  int width = 0;
  int height = 0;
  double left = -0.5;
  double top = -0.5;
  double right = 0;   // normally width - 0.5
  double bottom = 0;  // normally height - 0.5
};

// Neighbouring samples of one row, each with the part of it that the disc covers (0 to 1).
struct CoverageRun {
  int first = 0;
  std::span<const float> coverage;
};

// One row of samples, from left to right: a rim, fully covered samples, a rim. Any may be empty.
struct CoverageRow {
  int y = 0;
  CoverageRun left;
  int solid_first = 0;
  int solid_count = 0;
  CoverageRun right;
};

// The samples that a disc may change: columns [left, right), rows [top, bottom), cut to the grid.
struct SampleRect {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;

  bool Empty() const { return left >= right || top >= bottom; }
};
SampleRect BoundsOf(const Disc& disc, const SampledArea& area);

// How much of each sample a disc covers, row by row.
//
// A sample does not see a sharp square, but the bilinear neighbourhood of its site (a hat that
// falls from 1 at the site to 0 at the next site). With that, and not with square pixels, the
// centroid of what is drawn is exactly the disc's centre at every fractional position and radius:
// hats reproduce linear functions. With squares a ball of radius 1 would be up to 0.03 samples off.
//
// Each row is cut into thin slices. Along a slice the hat is integrated exactly between the ends of
// the chord; across, slices are as thin as the rim is flat, at most 1/64 of a sample. Only the
// samples at the ends of chords are touched; what lies between them is reported as solid. One
// thread at a time; reuse it, so that it allocates nothing after the first discs.
class DiscCoverage {
 public:
  // Begins a disc. Nothing of an earlier one is left.
  void Start(const Disc& disc, const SampledArea& area);

  // The next row from the top, or nothing after the last one. The runs are valid until the next
  // call.
  std::optional<CoverageRow> Next();

 private:
  static constexpr int kMostSlices = 64;  // of one row

  // Where a slice begins or ends to be covered, and how much the rows above and below it see of it.
  struct End {
    double x;
    float above;
    float below;
  };

  // The samples [first, last] of a row that a left or right end of chords may touch.
  struct Reach {
    int first;
    int last;
  };

  double HalfChord(double y) const;
  int SlicesIn(double top, double bottom) const;
  void AddCell(int row);
  void AddEnds(std::span<const End> ends, int row);
  float* StepsAt(int row, int column);
  Reach ReachOf(double one, double other) const;
  float Sum(int row, Reach reach, float sum);
  void FoldBorders();
  CoverageRun RunOf(Reach reach) const;
  CoverageRow RowOf(int y);

  Disc disc_;
  SampledArea area_;
  SampleRect bounds_;
  int next_row_ = 0;
  int first_column_ = 0;  // of the buffers below; -1 where light beyond the border counts
  int columns_ = 0;
  // Two rows, by even and odd number: how much the coverage changes from sample to sample.
  std::array<std::vector<float>, 2> steps_;
  std::vector<float> coverage_;
};

}  // namespace ball
