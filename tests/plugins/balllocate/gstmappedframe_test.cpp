// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/gstmappedframe.h"

#include <gtest/gtest.h>

#include <string>

namespace ball::locate {
namespace {

GstVideoInfo InfoOf(const std::string& fields) {
  g_autoptr(GstCaps) caps =
      gst_caps_from_string(("video/x-raw,width=6,height=4,framerate=30/1," + fields).c_str());
  const auto info = VideoInfoFrom(caps);
  EXPECT_TRUE(info) << fields;
  return info.value_or(GstVideoInfo{});
}

FrameView ViewOf(const std::string& fields) {
  const GstVideoInfo info = InfoOf(fields);
  g_autoptr(GstBuffer) buffer =
      gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info), nullptr);
  const MappedFrame frame(info, buffer);
  EXPECT_TRUE(frame);
  return frame.View();
}

TEST(MappedFrameTest, NamesEveryFormat) {
  EXPECT_EQ(ViewOf("format=I420").format, PixelFormat::kI420);
  EXPECT_EQ(ViewOf("format=NV12").format, PixelFormat::kNv12);
  EXPECT_EQ(ViewOf("format=BGRx").format, PixelFormat::kBgrx);
  EXPECT_EQ(ViewOf("format=RGBx").format, PixelFormat::kRgbx);
  EXPECT_EQ(ViewOf("format=BGR").format, PixelFormat::kBgr);
  EXPECT_EQ(ViewOf("format=RGB").format, PixelFormat::kRgb);
  EXPECT_EQ(ViewOf("format=GRAY8").format, PixelFormat::kGray8);
}

TEST(MappedFrameTest, ReadsColorimetryFromTheCaps) {
  const FrameView hd = ViewOf("format=I420,colorimetry=bt709");
  EXPECT_DOUBLE_EQ(hd.colorimetry.kr, 0.2126);
  EXPECT_DOUBLE_EQ(hd.colorimetry.kb, 0.0722);
  EXPECT_FALSE(hd.colorimetry.full_range);
  const FrameView full = ViewOf("format=NV12,colorimetry=1:4:0:0");
  EXPECT_DOUBLE_EQ(full.colorimetry.kr, 0.299);
  EXPECT_TRUE(full.colorimetry.full_range);
  EXPECT_TRUE(ViewOf("format=RGB").colorimetry.full_range);
  EXPECT_TRUE(ViewOf("format=GRAY8").colorimetry.full_range);
}

TEST(MappedFrameTest, ReadsChromaSiteFromTheCaps) {
  EXPECT_TRUE(ViewOf("format=I420,chroma-site=mpeg2").chroma_site.cosited_x);
  EXPECT_FALSE(ViewOf("format=I420,chroma-site=mpeg2").chroma_site.cosited_y);
  EXPECT_FALSE(ViewOf("format=I420,chroma-site=jpeg").chroma_site.cosited_x);
  EXPECT_TRUE(ViewOf("format=NV12,chroma-site=cosited").chroma_site.cosited_y);
}

TEST(MappedFrameTest, ReadsChromaSiteBesideColorimetry) {
  EXPECT_TRUE(ViewOf("format=I420,colorimetry=bt601,chroma-site=mpeg2").chroma_site.cosited_x);
}

TEST(VideoInfoFromTest, RefusesIncompleteCaps) {
  g_autoptr(GstCaps) caps = gst_caps_from_string("video/x-raw,format=I420,width=6");
  EXPECT_FALSE(VideoInfoFrom(caps));
}

TEST(MappedFrameTest, PlanesAreThoseOfTheBuffer) {
  const GstVideoInfo info = InfoOf("format=I420");
  g_autoptr(GstBuffer) buffer =
      gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info), nullptr);
  GstMapInfo map;
  ASSERT_TRUE(gst_buffer_map(buffer, &map, GST_MAP_READ));
  const MappedFrame frame(info, buffer);
  const FrameView view = frame.View();
  EXPECT_EQ(view.width, 6);
  EXPECT_EQ(view.height, 4);
  EXPECT_EQ(view.planes[0].data, map.data);
  EXPECT_EQ(view.planes[1].data, map.data + GST_VIDEO_INFO_PLANE_OFFSET(&info, 1));
  EXPECT_EQ(view.planes[2].stride, GST_VIDEO_INFO_PLANE_STRIDE(&info, 2));
  gst_buffer_unmap(buffer, &map);
}

TEST(MappedFrameTest, IsFalseForABufferThatIsTooSmall) {
  const GstVideoInfo info = InfoOf("format=BGRx");
  g_autoptr(GstBuffer) buffer = gst_buffer_new_allocate(nullptr, 20, nullptr);
  EXPECT_FALSE(MappedFrame(info, buffer));
}

}  // namespace
}  // namespace ball::locate
