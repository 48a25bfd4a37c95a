// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/encoder_rate.h"

#include <gst/video/video.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "apps/link/glib_ptr.h"

namespace ball {
namespace {

constexpr double kFinest = 4;
// A key frame of noise has 1.1 kB with it, and 147 of 150 balls of the usual scene are found; with
// 62 it has 0.7, and 132 are.
constexpr double kCoarsest = 58;
constexpr double kPerHalving = 24;
// With less than these bits for a pixel vp8enc keeps to no rate unless it has only its coarsest
// quantizer: noise of 1280x720 at 150 kbit/s is 570 kbit/s with 61, and 200 with 63.
constexpr double kFewBits = 0.015;
constexpr int kVp8Coarsest = 63;

// Of what the encoder is given, a second; 0 where it does not know yet.
double PixelRate(GstElement* encoder) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder, "sink"));
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad.get()));
  GstVideoInfo video;
  if (!caps || !gst_video_info_from_caps(&video, caps.get())) return 0;
  return static_cast<double>(GST_VIDEO_INFO_WIDTH(&video)) * GST_VIDEO_INFO_HEIGHT(&video) *
         GST_VIDEO_INFO_FPS_N(&video) / std::max(1, GST_VIDEO_INFO_FPS_D(&video));
}

}  // namespace

int LeastQuantizer(int rate, int most) {
  const double halvings = std::log2(static_cast<double>(most) / std::max(rate, 1));
  return static_cast<int>(
      std::lround(std::clamp(kFinest + kPerHalving * halvings, kFinest, kCoarsest)));
}

int LeastVp8Quantizer(const EncoderRate& wanted, double pixel_rate) {
  const bool coarsest = wanted.overshoots || wanted.rate < kFewBits * pixel_rate;
  return wanted.rate < wanted.most && coarsest ? kVp8Coarsest
                                               : LeastQuantizer(wanted.rate, wanted.most);
}

void SetEncoderRate(GstElement* encoder, const EncoderRate& wanted) {
  const int rate = wanted.rate;
  const std::string name = GST_OBJECT_NAME(gst_element_get_factory(encoder));
  if (name == "vp8enc" || name == "vp9enc") {
    const int quantizer = name == "vp8enc" ? LeastVp8Quantizer(wanted, PixelRate(encoder))
                                           : LeastQuantizer(rate, wanted.most);
    g_object_set(encoder, "target-bitrate", rate, "min-quantizer", quantizer, nullptr);
  } else if (name == "x264enc") {
    g_object_set(encoder, "bitrate", static_cast<guint>(std::max(1, rate / 1000)), nullptr);
  } else if (name == "openh264enc") {
    g_object_set(encoder, "bitrate", static_cast<guint>(rate), nullptr);
  }
}

}  // namespace ball
