// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/encoder_rate.h"

#include <gtest/gtest.h>

#include "apps/link/glib_ptr.h"

namespace ball {
namespace {

TEST(EncoderRateTest, IsCoarserAtLowerRates) {
  EXPECT_EQ(LeastQuantizer(2000000, 2000000), 4);
  EXPECT_EQ(LeastQuantizer(1000000, 2000000), 28);
  EXPECT_EQ(LeastQuantizer(500000, 2000000), 52);
  EXPECT_EQ(LeastQuantizer(10000, 2000000), 58);
}

TEST(EncoderRateTest, SetsWhatVp8encHas) {
  const auto encoder = Ref<GstElement>::sink(gst_element_factory_make("vp8enc", nullptr));
  ASSERT_TRUE(encoder);
  SetEncoderRate(encoder.get(), 500000, 2000000);
  int rate = 0;
  int quantizer = 0;
  g_object_get(encoder.get(), "target-bitrate", &rate, "min-quantizer", &quantizer, nullptr);
  EXPECT_EQ(rate, 500000);
  EXPECT_EQ(quantizer, 52);
}

}  // namespace
}  // namespace ball
