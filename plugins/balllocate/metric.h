// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cmath>

#include "plugins/balllocate/frame_view.h"

namespace ball::locate {

// A symmetric 3 x 3 matrix: xx, xy, xz, yy, yz, zz.
using Symmetric = std::array<double, 6>;

// Mean and covariance of coded colours that are added one by one.
class ColorMoments {
 public:
  void Add(const CodedColor& color) {
    ++count_;
    int k = 0;
    for (int i = 0; i < 3; ++i) {
      sum_[i] += color[i];
      for (int j = i; j < 3; ++j) squares_[k++] += color[i] * color[j];
    }
  }

  int count() const { return count_; }
  // Zero where nothing was added.
  CodedColor Mean() const;
  Symmetric Covariance() const;

 private:
  int count_ = 0;
  CodedColor sum_{};
  Symmetric squares_{};
};

// A distance between colours that counts a direction the less the more colours vary in it:
// sqrt(d^T S^-1 d) (P. C. Mahalanobis, 1936). The covariance S must be positive definite.
class ColorMetric {
 public:
  explicit ColorMetric(const Symmetric& s);

  double Length(const CodedColor& difference) const {
    const double a = difference[0] * l00_;
    const double b = (difference[1] - l10_ * a) * l11_;
    const double c = (difference[2] - l20_ * a - l21_ * b) * l22_;
    return std::sqrt(a * a + b * b + c * c);
  }
  // The same for the components of a difference, in single precision.
  float Length(float u, float v, float w) const {
    const float a = u * single_[0];
    const float b = (v - single_[1] * a) * single_[3];
    const float c = (w - single_[2] * a - single_[4] * b) * single_[5];
    return std::sqrt(a * a + b * b + c * c);
  }
  // The same where there is only the first component, and S has nothing else but ones.
  float Length(float u) const { return std::abs(u * single_[0]); }

  // Variance that Length has for a difference of about this direction, when each component has
  // variance 1.
  double NoiseGain(const CodedColor& difference) const;

 private:
  // Lower triangle of the Cholesky factor of S, its diagonal inverted.
  double l00_, l10_, l11_, l20_, l21_, l22_;
  std::array<float, 6> single_;  // l00, l10, l20, l11, l21, l22
};

}  // namespace ball::locate
