// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

namespace ball {

// What one of our own encoders is asked for, bit/s.
struct EncoderRate {
  int rate;
  // What it was made with.
  int most;
  // It makes more than it was asked for (overshoot.h).
  bool overshoots = false;
};

// Sets that while it runs. Any thread.
//
// vp8enc and vp9enc also get a coarsest best quality ("min-quantizer"): in a picture that stands
// still they raise their quality with what is left over, and a key frame then has that quality,
// too. With noise of 640x480 it is of 47 kB at 2 Mbit/s, which take 0.8 s at 500 kbit/s (168 kB
// with libvpx's own buffers, see codec.cpp); with a quarter of the bit rate, and 52, of 0.7 kB.
void SetEncoderRate(GstElement* encoder, const EncoderRate& wanted);

// That quantizer: 4, libvpx's own, at the full rate, 28 at half of it, 52 at a quarter, 58 at most.
int LeastQuantizer(int rate, int most);

// vp8enc's, which is 63 where there is little for each of so many pixels a second, or where it
// makes too much.
int LeastVp8Quantizer(const EncoderRate& wanted, double pixel_rate);

}  // namespace ball
