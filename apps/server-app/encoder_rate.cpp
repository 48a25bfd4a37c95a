// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/encoder_rate.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace ball {
namespace {

constexpr double kFinest = 4;
// A key frame of noise has 1.1 kB with it, and 147 of 150 balls of the usual scene are found; with
// 62 it has 0.7, and 132 are.
constexpr double kCoarsest = 58;
constexpr double kPerHalving = 24;

}  // namespace

int LeastQuantizer(int rate, int most) {
  const double halvings = std::log2(static_cast<double>(most) / std::max(rate, 1));
  return static_cast<int>(
      std::lround(std::clamp(kFinest + kPerHalving * halvings, kFinest, kCoarsest)));
}

void SetEncoderRate(GstElement* encoder, int rate, int most) {
  const std::string name = GST_OBJECT_NAME(gst_element_get_factory(encoder));
  if (name == "vp8enc" || name == "vp9enc") {
    g_object_set(encoder, "target-bitrate", rate, "min-quantizer", LeastQuantizer(rate, most),
                 nullptr);
  } else if (name == "x264enc") {
    g_object_set(encoder, "bitrate", static_cast<guint>(std::max(1, rate / 1000)), nullptr);
  } else if (name == "openh264enc") {
    g_object_set(encoder, "bitrate", static_cast<guint>(rate), nullptr);
  }
}

}  // namespace ball
