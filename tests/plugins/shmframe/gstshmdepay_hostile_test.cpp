// SPDX-License-Identifier: LGPL-2.1-or-later
// What a broken or hostile writer may put into the shared memory.
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "plugins/shmframe/frame_header.h"
#include "tests/plugins/shmframe/shm_depay_fixture.h"

namespace ball {
namespace {

using Bytes = std::vector<uint8_t>;

struct BadBuffer {
  const char* name;
  Bytes (*make)(const Bytes& good);
};

class ShmDepayBadBufferTest : public ShmDepayTest, public testing::WithParamInterface<BadBuffer> {};

TEST_P(ShmDepayBadBufferTest, IsDroppedAndTheNextFramePasses) {
  const auto good = BytesOf(Pack(kI420, MakeFrame(kI420)).get());
  EXPECT_EQ(Push(AsFromShm(GetParam().make(good))), GST_FLOW_OK);
  EXPECT_EQ(Waiting(), 0U);
  EXPECT_EQ(Dropped(), 1U);
  EXPECT_NE(NextMessage(bus_, GST_MESSAGE_WARNING), "");
  EXPECT_EQ(Push(AsFromShm(good)), GST_FLOW_OK);
  EXPECT_EQ(Waiting(), 1U);
  EXPECT_EQ(NextMessage(bus_, GST_MESSAGE_ERROR), "");
}

Bytes First(const Bytes& bytes, size_t count) {
  Bytes first = bytes;
  first.resize(count);
  return first;
}

Bytes Flipped(const Bytes& bytes, size_t at, uint8_t bits) {
  Bytes flipped = bytes;
  flipped[at] ^= bits;
  return flipped;
}

INSTANTIATE_TEST_SUITE_P(
    Buffers, ShmDepayBadBufferTest,
    testing::Values(
        BadBuffer{"Empty", [](const Bytes&) { return Bytes{}; }},
        BadBuffer{"OneByte", [](const Bytes& good) { return First(good, 1); }},
        BadBuffer{"HalfAHeader", [](const Bytes& good) { return First(good, 72); }},
        BadBuffer{"HeaderAlone", [](const Bytes& good) { return First(good, 144); }},
        BadBuffer{"FrameCutShort", [](const Bytes& good) { return First(good, good.size() - 1); }},
        BadBuffer{"FrameTooLong", [](const Bytes& good) { return First(good, good.size() + 1); }},
        BadBuffer{"HeaderMissing",
                  [](const Bytes& good) { return Bytes(good.begin() + 144, good.end()); }},
        BadBuffer{"FlippedSizeBit", [](const Bytes& good) { return Flipped(good, 24, 4); }},
        BadBuffer{"FlippedVersionBit", [](const Bytes& good) { return Flipped(good, 4, 2); }},
        BadBuffer{"Zeros", [](const Bytes& good) { return Bytes(good.size()); }},
        BadBuffer{"Ones", [](const Bytes& good) { return Bytes(good.size(), 0xff); }}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(ShmDepayTest, BufferWithoutMemoryIsDropped) {
  EXPECT_EQ(Push(BufferRef(gst_buffer_new())), GST_FLOW_OK);
  EXPECT_EQ(Dropped(), 1U);
}

TEST_F(ShmDepayTest, TooManyBadBuffersInARowAreAnError) {
  g_object_set(depay_->element, "bad-limit", 3, nullptr);
  const auto good = AsFromShm(Pack(kI420, MakeFrame(kI420)));
  EXPECT_EQ(Push(AsFromShm(Bytes(10))), GST_FLOW_OK);
  EXPECT_EQ(Push(AsFromShm(Bytes(10))), GST_FLOW_OK);
  EXPECT_EQ(Push(BufferRef(gst_buffer_ref(good.get()))), GST_FLOW_OK);
  EXPECT_EQ(Push(AsFromShm(Bytes(10))), GST_FLOW_OK);
  EXPECT_EQ(Push(AsFromShm(Bytes(10))), GST_FLOW_OK);
  EXPECT_EQ(NextMessage(bus_, GST_MESSAGE_ERROR), "");
  EXPECT_EQ(Push(AsFromShm(Bytes(10))), GST_FLOW_ERROR);
  EXPECT_EQ(NextMessage(bus_, GST_MESSAGE_ERROR),
            "3 buffers in a row are no frames: shorter than a frame header. Is the writer behind "
            "shmpay?");
  EXPECT_EQ(Dropped(), 5U);
}

TEST_F(ShmDepayTest, WithoutLimitBadBuffersAreNeverAnErrorAndWarnLessAndLess) {
  g_object_set(depay_->element, "bad-limit", 0, nullptr);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Push(AsFromShm(Bytes(10))), GST_FLOW_OK);
  EXPECT_EQ(Dropped(), 100U);
  int warnings = 0;
  while (!NextMessage(bus_, GST_MESSAGE_WARNING).empty()) ++warnings;
  EXPECT_EQ(warnings, 7);  // 1, 2, 4 ... 64
}

TEST_F(ShmDepayTest, DroppedCountBeginsAnewWithEachStart) {
  Push(AsFromShm(Bytes(10)));
  gst_element_set_state(depay_->element, GST_STATE_READY);
  gst_harness_play(depay_.get());
  EXPECT_EQ(Dropped(), 0U);
}

TEST_F(ShmDepayTest, WriterOfAnotherVersionIsAnErrorThatSaysSo) {
  auto bytes = BytesOf(Pack(kI420, MakeFrame(kI420)).get());
  bytes[4] = 2;
  std::fill_n(bytes.begin() + 8, 4, 0);
  uint32_t hash = 2166136261;
  for (size_t i = 0; i < kFrameHeaderSize; ++i) hash = (hash ^ bytes[i]) * 16777619;
  for (size_t i = 0; i < 4; ++i) bytes[8 + i] = static_cast<uint8_t>(hash >> (8 * i));
  EXPECT_EQ(Push(AsFromShm(bytes)), GST_FLOW_ERROR);
  EXPECT_EQ(NextMessage(bus_, GST_MESSAGE_ERROR),
            "The writer's frame header has version 2, this reader knows 1. Use the same gst-ball "
            "on both sides.");
}

TEST_F(ShmDepayTest, OtherCapsVersionDoesNotLink) {
  const CapsRef other(gst_caps_from_string("application/x-ball-frame,version=2"));
  const CapsRef ours(gst_caps_from_string("application/x-ball-frame,version=1"));
  EXPECT_FALSE(gst_pad_peer_query_accept_caps(depay_->srcpad, other.get()));
  EXPECT_TRUE(gst_pad_peer_query_accept_caps(depay_->srcpad, ours.get()));
}

// Every plane of the frame lies inside its buffer.
bool LiesInside(GstBuffer* frame) {
  const GstVideoMeta* meta = gst_buffer_get_video_meta(frame);
  return meta->offset[0] + static_cast<gsize>(meta->stride[0]) * (meta->height - 1) + meta->width <=
         gst_buffer_get_size(frame);
}

TEST_F(ShmDepayTest, MutatedBuffersNeitherCrashNorLeadOutsideTheFrame) {
  g_object_set(depay_->element, "bad-limit", 0, nullptr);
  const std::string caps = VideoCaps("format=GRAY8,width=16,height=8");
  const auto good = BytesOf(Pack(caps, MakeFrame(caps)).get());
  std::mt19937 random(4711);
  for (int round = 0; round < 20000; ++round) {
    Bytes bytes = good;
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    bytes.resize(random() % 4 == 0 ? random() % (2 * good.size()) : good.size());
    Push(AsFromShm(bytes));
    if (Waiting() > 0) {
      ASSERT_TRUE(LiesInside(Pull().get()));
    }
  }
}

// A writer that changes the header between the check and the use.
TEST_F(ShmDepayTest, HeaderThatChangesWhileItIsReadLeadsNowhere) {
  g_object_set(depay_->element, "bad-limit", 0, nullptr);
  const std::string caps = VideoCaps("format=GRAY8,width=16,height=8");
  Bytes shared = BytesOf(Pack(caps, MakeFrame(caps)).get());
  const Bytes good = shared;
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) {
      for (const uint8_t height : {uint8_t{255}, good[24]}) {
        std::atomic_ref(shared[24]).store(height, std::memory_order_relaxed);
      }
    }
  });
  for (int round = 0; round < 20000; ++round) {
    Push(BufferRef(gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, shared.data(),
                                               shared.size(), 0, shared.size(), nullptr, nullptr)));
    if (Waiting() > 0) {
      EXPECT_TRUE(LiesInside(Pull().get()));
    }
  }
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace ball
