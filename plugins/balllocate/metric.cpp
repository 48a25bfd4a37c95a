// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/metric.h"

#include <algorithm>
#include <cmath>

namespace ball::locate {

CodedColor ColorMoments::Mean() const {
  const double n = std::max(count_, 1);
  return {sum_[0] / n, sum_[1] / n, sum_[2] / n};
}

Symmetric ColorMoments::Covariance() const {
  const double n = std::max(count_, 1);
  const CodedColor mean = Mean();
  Symmetric covariance{};
  int k = 0;
  for (int i = 0; i < 3; ++i) {
    for (int j = i; j < 3; ++j, ++k) covariance[k] = squares_[k] / n - mean[i] * mean[j];
  }
  return covariance;
}

ColorMetric::ColorMetric(const Symmetric& s) {
  // A negative pivot can only be rounding: S is positive definite.
  const auto inverse_root = [](double pivot) { return 1 / std::sqrt(std::max(pivot, 1e-9)); };
  l00_ = inverse_root(s[0]);
  l10_ = s[1] * l00_;
  l20_ = s[2] * l00_;
  l11_ = inverse_root(s[3] - l10_ * l10_);
  l21_ = (s[4] - l20_ * l10_) * l11_;
  l22_ = inverse_root(s[5] - l20_ * l20_ - l21_ * l21_);
  const auto single = [](double value) { return static_cast<float>(value); };
  single_ = {single(l00_), single(l10_), single(l20_), single(l11_), single(l21_), single(l22_)};
}

// The gradient of sqrt(d^T S^-1 d) is S^-1 d over that root.
double ColorMetric::NoiseGain(const CodedColor& difference) const {
  const double a = difference[0] * l00_;
  const double b = (difference[1] - l10_ * a) * l11_;
  const double c = (difference[2] - l20_ * a - l21_ * b) * l22_;
  const double square = a * a + b * b + c * c;
  if (square <= 0) return l00_ * l00_;
  const double z = c * l22_;
  const double y = (b - l21_ * z) * l11_;
  const double x = (a - l10_ * y - l20_ * z) * l00_;
  return (x * x + y * y + z * z) / square;
}

}  // namespace ball::locate
