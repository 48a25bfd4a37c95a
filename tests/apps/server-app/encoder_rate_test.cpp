// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/encoder_rate.h"

#include <gst/check/gstharness.h>
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

TEST(EncoderRateTest, LargePicturesAtLowRatesAreTheCoarsest) {
  constexpr double kHd = 1280 * 720 * 30;
  EXPECT_EQ(LeastVp8Quantizer({2000000, 2000000}, kHd), 4);
  EXPECT_EQ(LeastVp8Quantizer({500000, 2000000}, kHd), 52);
  EXPECT_EQ(LeastVp8Quantizer({400000, 2000000}, kHd), 63);
  EXPECT_EQ(LeastVp8Quantizer({150000, 2000000}, 640 * 480 * 30), 58);
  // As the user wants it.
  EXPECT_EQ(LeastVp8Quantizer({300000, 300000}, kHd), 4);
}

TEST(EncoderRateTest, OneThatMakesTooMuchIsTheCoarsestBelowTheFullRate) {
  constexpr double kVga = 640 * 480 * 30;
  EXPECT_EQ(LeastVp8Quantizer({400000, 2000000, true}, kVga), 63);
  EXPECT_EQ(LeastVp8Quantizer({2000000, 2000000, true}, kVga), 4);
}

TEST(EncoderRateTest, SizeOfThePictureIsTheEncodersOwn) {
  GstHarness* harness = gst_harness_new("vp8enc");
  gst_harness_set_src_caps_str(harness,
                               "video/x-raw,format=I420,width=1280,height=720,framerate=30/1");
  SetEncoderRate(harness->element, {150000, 2000000});
  int quantizer = 0;
  g_object_get(harness->element, "min-quantizer", &quantizer, nullptr);
  EXPECT_EQ(quantizer, 63);
  gst_harness_teardown(harness);
}

TEST(EncoderRateTest, SetsWhatVp8encHas) {
  const auto encoder = Ref<GstElement>::sink(gst_element_factory_make("vp8enc", nullptr));
  ASSERT_TRUE(encoder);
  SetEncoderRate(encoder.get(), {500000, 2000000});
  int rate = 0;
  int quantizer = 0;
  g_object_get(encoder.get(), "target-bitrate", &rate, "min-quantizer", &quantizer, nullptr);
  EXPECT_EQ(rate, 500000);
  EXPECT_EQ(quantizer, 52);
}

}  // namespace
}  // namespace ball
