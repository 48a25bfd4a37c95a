// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/shmframe/gstframecaps.h"

#include <gtest/gtest.h>

#include "tests/plugins/shmframe/test_frames.h"

namespace ball {
namespace {

class CapsRoundTripTest : public testing::TestWithParam<const char*> {};

TEST_P(CapsRoundTripTest, PictureGivesTheSameVideoInfo) {
  const GstVideoInfo info = InfoOf(VideoCaps(GetParam()));
  const auto picture = PictureOf(info);
  ASSERT_TRUE(picture);
  const GstVideoInfo again = VideoInfoOf(*picture);
  EXPECT_TRUE(gst_video_info_is_equal(&info, &again));
}

INSTANTIATE_TEST_SUITE_P(
    Caps, CapsRoundTripTest,
    testing::Values("format=I420,width=640,height=480",
                    "format=I420,width=5,height=3,colorimetry=bt709,chroma-site=mpeg2",
                    "format=I420,width=5,height=3,colorimetry=2:4:16:4,chroma-site=jpeg",
                    "format=NV12,width=1921,height=1081,colorimetry=bt2020,chroma-site=cosited",
                    "format=NV12,width=16,height=16,framerate=30000/1001",
                    "format=BGRx,width=7,height=7,pixel-aspect-ratio=12/11",
                    "format=RGBx,width=7,height=7,framerate=0/1", "format=BGRA,width=7,height=7",
                    "format=RGBA,width=7,height=7", "format=BGR,width=7,height=7,colorimetry=sRGB",
                    "format=RGB,width=32767,height=1", "format=GRAY8,width=1,height=1"));

TEST(FrameCapsTest, RefusesWhatAHeaderCannotSay) {
  EXPECT_FALSE(PictureOf(InfoOf(VideoCaps("format=YUY2,width=16,height=16"))));
  EXPECT_FALSE(PictureOf(InfoOf(VideoCaps("format=GRAY8,width=32768,height=1"))));
  EXPECT_FALSE(PictureOf(InfoOf(VideoCaps("format=GRAY8,width=1,height=32768"))));
  EXPECT_FALSE(
      PictureOf(InfoOf(VideoCaps("format=I420,width=16,height=16,interlace-mode=interleaved"))));
}

TEST(FrameCapsTest, UnknownFormatGivesAnEmptyInfo) {
  Picture picture;
  picture.format = static_cast<FrameFormat>(1);
  EXPECT_EQ(VideoInfoOf(picture).finfo->format, GST_VIDEO_FORMAT_UNKNOWN);
}

TEST(FrameCapsTest, TimesRoundTripAndNoTimeStaysNone) {
  EXPECT_EQ(TimeOf(GST_SECOND), std::chrono::seconds(1));
  EXPECT_FALSE(TimeOf(GST_CLOCK_TIME_NONE));
  EXPECT_FALSE(TimeOf(GstClockTime{1} << 63));
  EXPECT_EQ(ClockTimeOf(std::chrono::seconds(1)), GST_SECOND);
  EXPECT_EQ(ClockTimeOf({}), GST_CLOCK_TIME_NONE);
}

TEST(FrameCapsTest, TemplatesParse) {
  const CapsRef video(gst_caps_from_string(kFrameVideoCaps));
  const CapsRef frame(gst_caps_from_string(kBallFrameCaps));
  ASSERT_TRUE(video);
  ASSERT_TRUE(frame);
  int version = 0;
  gst_structure_get_int(gst_caps_get_structure(frame.get(), 0), "version", &version);
  EXPECT_EQ(version, kFrameHeaderVersion);
}

}  // namespace
}  // namespace ball
