// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/codec.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "apps/link/glib_ptr.h"
#include "apps/link/rtp_caps.h"

namespace ball {
namespace {

constexpr int kWidth = 160;
constexpr int kHeight = 128;

class CodecTest : public testing::TestWithParam<Codec> {};

INSTANTIATE_TEST_SUITE_P(Codecs, CodecTest, testing::Values(Codec::kVp8, Codec::kVp9, Codec::kH264),
                         [](const auto& info) { return EncodingName(info.param); });

// Whether it can stand before another element.
bool Parses(const std::string& fragment) {
  GError* raw_error = nullptr;
  const auto bin = Ref<GstElement>::sink(
      gst_parse_bin_from_description((fragment + " ! identity").c_str(), TRUE, &raw_error));
  const OwnedError error(raw_error);
  if (error) ADD_FAILURE() << fragment << ": " << error->message;
  return bin && !error;
}

TEST_P(CodecTest, HasFragmentsThatGStreamerBuilds) {
  for (const int bitrate : {1000, 2000000, 50000000}) {
    EXPECT_TRUE(Parses(EncoderFragment(GetParam(), bitrate)));
  }
  EXPECT_TRUE(Parses(PayloaderFragment(GetParam())));
  EXPECT_TRUE(Parses(DecoderFragment(GetParam())));
}

TEST_P(CodecTest, AReceiverMayAskForAKeyFrame) {
  const auto payloaded = Ref<GstCaps>::adopt(gst_caps_from_string("application/x-rtp,payload=96"));
  const auto caps = WithFeedback(GetParam(), payloaded.get());
  const GstStructure* structure = gst_caps_get_structure(caps.get(), 0);
  for (const char* feedback : {"rtcp-fb-nack-pli", "rtcp-fb-ccm-fir"}) {
    gboolean allowed = FALSE;
    EXPECT_TRUE(gst_structure_get_boolean(structure, feedback, &allowed)) << feedback;
    EXPECT_TRUE(allowed) << feedback;
  }
  EXPECT_TRUE(gst_caps_is_subset(caps.get(), payloaded.get()));
}

TEST_P(CodecTest, MissesNothingHere) {
  EXPECT_EQ(MissingEncoder(GetParam()), "");
  EXPECT_EQ(MissingDecoder(GetParam()), "");
}

TEST_P(CodecTest, IsNamedAsInSdp) { EXPECT_EQ(ParseCodec(EncodingName(GetParam())), GetParam()); }

struct HarnessDeleter {
  void operator()(GstHarness* harness) const { gst_harness_teardown(harness); }
};

// A grey picture with a bright square that moves with `number`.
GstBuffer* Picture(int number) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, kWidth * kHeight * 3 / 2, nullptr);
  gst_buffer_memset(buffer, 0, 128, kWidth * kHeight * 3 / 2);
  for (int row = 40; row < 60; ++row) gst_buffer_memset(buffer, row * kWidth + number * 2, 230, 20);
  GST_BUFFER_PTS(buffer) = number * GST_SECOND / 30;
  GST_BUFFER_DURATION(buffer) = GST_SECOND / 30;
  return buffer;
}

// Whether the bright square is where Picture(number) has it: it is 20 wide.
bool Shows(GstBuffer* decoded, int number) {
  guint8 left = 0;
  guint8 inside = 0;
  gst_buffer_extract(decoded, 50 * kWidth + number * 2 - 6, &left, 1);
  gst_buffer_extract(decoded, 50 * kWidth + number * 2 + 10, &inside, 1);
  return left < 160 && inside > 190;
}

// Through RTP and back. Each frame must be out before the next is in: an encoder that looks ahead
// or a decoder that reorders would cost a frame's time.
void ExpectEachFrameBeforeTheNextOne(Codec codec, const std::string& encoder) {
  const std::string text =
      encoder + " ! " + PayloaderFragment(codec) + " ! " + DecoderFragment(codec);
  const std::unique_ptr<GstHarness, HarnessDeleter> harness(gst_harness_new_parse(text.c_str()));
  gst_harness_set_src_caps_str(harness.get(),
                               "video/x-raw,format=I420,width=160,height=128,framerate=30/1");
  for (int number = 4; number < 60; ++number) {
    ASSERT_EQ(gst_harness_push(harness.get(), Picture(number)), GST_FLOW_OK);
    const auto decoded = Ref<GstBuffer>::adopt(gst_harness_try_pull(harness.get()));
    ASSERT_TRUE(decoded) << number;
    EXPECT_TRUE(Shows(decoded.get(), number)) << number;
    EXPECT_EQ(gst_harness_buffers_in_queue(harness.get()), 0U);
  }
}

TEST_P(CodecTest, ReturnsEachFrameBeforeTheNextOne) {
  ExpectEachFrameBeforeTheNextOne(GetParam(), EncoderFragment(GetParam(), 2000000));
}

// What encoders with some threads make.
TEST(SlicesTest, KeyFramesOfSeveralAreWhole) {
  for (const char* encoder :
       {"x264enc tune=zerolatency threads=2 key-int-max=5 bitrate=2000",
        "x264enc tune=zerolatency threads=2 key-int-max=5 bitrate=2000 ! "
        "video/x-h264,profile=baseline,stream-format=byte-stream",
        "openh264enc slice-mode=n-slices num-slices=2 gop-size=5 bitrate=2000000"}) {
    SCOPED_TRACE(encoder);
    ExpectEachFrameBeforeTheNextOne(Codec::kH264, OwnEncoderFragment(Codec::kH264, encoder));
  }
}

// Takes an element out of GStreamer's sight while it lives.
class Hidden {
 public:
  explicit Hidden(const char* element)
      : feature_(Ref<GstPluginFeature>::adopt(
            gst_registry_lookup_feature(gst_registry_get(), element))) {
    gst_registry_remove_feature(gst_registry_get(), feature_.get());
  }
  ~Hidden() { gst_registry_add_feature(gst_registry_get(), feature_.get()); }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

 private:
  Ref<GstPluginFeature> feature_;
};

TEST(CodecWithoutLibavTest, DecodesH264AllTheSame) {
  const Hidden libav("avdec_h264");
  EXPECT_EQ(MissingDecoder(Codec::kH264), "");
  EXPECT_EQ(DecoderFragment(Codec::kH264).find("avdec"), std::string::npos);
  ExpectEachFrameBeforeTheNextOne(Codec::kH264, EncoderFragment(Codec::kH264, 2000000));
}

TEST(ParseCodecTest, TakesWhatUsersType) {
  EXPECT_EQ(ParseCodec("vp8"), Codec::kVp8);
  EXPECT_EQ(ParseCodec("Vp9"), Codec::kVp9);
  EXPECT_EQ(ParseCodec("h264"), Codec::kH264);
  EXPECT_EQ(ParseCodec("H.264"), Codec::kH264);
}

TEST(ParseCodecTest, RefusesOthers) {
  for (const char* name : {"", "vp", "vp80", "h265", "AV1", "theora", "vp8 vp9"}) {
    EXPECT_EQ(ParseCodec(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace ball
