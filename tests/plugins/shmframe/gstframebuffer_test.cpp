// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/shmframe/gstframebuffer.h"

#include <gtest/gtest.h>

#include "plugins/shmframe/gstframecaps.h"
#include "tests/plugins/shmframe/test_frames.h"

namespace ball {
namespace {

const std::string kCaps = VideoCaps("format=GRAY8,width=6,height=3");

// A 6x3 GRAY8 picture in rows of `stride` bytes behind `offset` others.
FrameHeader GrayHeader(uint32_t stride, uint64_t offset) {
  FrameHeader header;
  header.picture = *PictureOf(InfoOf(kCaps));
  header.planes[0] = {offset, stride};
  header.payload_size = offset + uint64_t{stride} * 3;
  return header;
}

BufferRef Payload(const FrameHeader& header) {
  BufferRef frame(gst_buffer_new_allocate(nullptr, header.payload_size, nullptr));
  for (gsize i = 0; i < header.payload_size; ++i) {
    gst_buffer_memset(frame.get(), i, static_cast<guint8>(i), 1);
  }
  return frame;
}

TEST(FrameBufferTest, PackedFrameIsReadAgain) {
  const FrameHeader header = GrayHeader(8, 0);
  const BufferRef packed = PackFrame(Payload(header).get(), header);
  EXPECT_EQ(ReadFrameHeader(packed.get()).header, header);
}

TEST(FrameBufferTest, SharedFrameIsThePackedOnesMemory) {
  const FrameHeader header = GrayHeader(8, 0);
  const BufferRef payload = Payload(header);
  const BufferRef packed = PackFrame(payload.get(), header);
  const BufferRef shared = ShareFrame(packed.get(), header, VideoInfoOf(header.picture));
  EXPECT_EQ(AddressOf(shared.get()), AddressOf(payload.get()));
  EXPECT_EQ(gst_buffer_get_size(shared.get()), header.payload_size);
}

TEST(FrameBufferTest, SharedFrameOutlivesTheBufferItCameFrom) {
  const FrameHeader header = GrayHeader(8, 0);
  BufferRef packed = PackFrame(Payload(header).get(), header);
  const BufferRef shared = ShareFrame(packed.get(), header, VideoInfoOf(header.picture));
  packed.reset();
  EXPECT_EQ(BytesOf(shared.get()), BytesOf(Payload(header).get()));
}

TEST(FrameBufferTest, PlainMeansTheLayoutThatCapsImply) {
  const GstVideoInfo info = InfoOf(kCaps);
  EXPECT_TRUE(IsPlain(GrayHeader(8, 0), info));
  EXPECT_FALSE(IsPlain(GrayHeader(6, 0), info));
  EXPECT_FALSE(IsPlain(GrayHeader(8, 4), info));
  FrameHeader cut = GrayHeader(8, 0);
  cut.payload_size -= 2;
  EXPECT_FALSE(IsPlain(cut, info)) << "without its last padding it is smaller than the caps say";
}

TEST(FrameBufferTest, PlainCopyHasThePictureAndNoVideoMeta) {
  const FrameHeader header = GrayHeader(32, 5);
  const GstVideoInfo info = VideoInfoOf(header.picture);
  const BufferRef packed = PackFrame(Payload(header).get(), header);
  const BufferRef shared = ShareFrame(packed.get(), header, info);
  const BufferRef plain = CopyPlain(shared.get(), info);
  ASSERT_TRUE(plain);
  EXPECT_EQ(gst_buffer_get_video_meta(plain.get()), nullptr);
  EXPECT_EQ(gst_buffer_get_size(plain.get()), info.size);
  EXPECT_EQ(PictureBytesOf(info, plain.get()), PictureBytesOf(info, shared.get()));
  EXPECT_EQ(PictureBytesOf(info, plain.get())[6], 5 + 32) << "the second row's first byte";
}

}  // namespace
}  // namespace ball
