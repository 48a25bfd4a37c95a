// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "plugins/rtptimestampmeta.h"
#include "plugins/shmframe/gstframebuffer.h"
#include "tests/plugins/shmframe/test_frames.h"

namespace ball {
namespace {

const std::string kI420 = VideoCaps("format=I420,width=5,height=3");

class ShmPayTest : public testing::Test {
 protected:
  void SetCaps(const std::string& caps) { gst_harness_set_src_caps_str(pay_.get(), caps.c_str()); }
  GstFlowReturn Push(BufferRef frame) { return gst_harness_push(pay_.get(), frame.release()); }
  BufferRef Pull() { return BufferRef(gst_harness_pull(pay_.get())); }
  FrameHeader PullHeader() { return ReadFrameHeader(Pull().get()).header.value(); }

  HarnessPtr pay_{gst_harness_new("shmpay")};
};

TEST_F(ShmPayTest, PrependsAHeaderAndLeavesTheFrameWhereItIs) {
  SetCaps(kI420);
  BufferRef frame = MakeFrame(kI420);
  const void* address = AddressOf(frame.get());
  Push(std::move(frame));
  const BufferRef packed = Pull();
  ASSERT_EQ(gst_buffer_n_memory(packed.get()), 2U);
  EXPECT_EQ(gst_buffer_peek_memory(packed.get(), 0)->size, kFrameHeaderSize);
  EXPECT_EQ(AddressOf(packed.get(), 1), address);
}

TEST_F(ShmPayTest, LeavesReadOnlyFramesWhereTheyAre) {
  SetCaps(kI420);
  const BufferRef model = MakeFrame(kI420);
  std::vector<uint8_t> bytes = BytesOf(model.get());
  Push(BufferRef(gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, bytes.data(), bytes.size(),
                                             0, bytes.size(), nullptr, nullptr)));
  const BufferRef packed = Pull();
  EXPECT_EQ(AddressOf(packed.get(), 1), bytes.data());
}

TEST_F(ShmPayTest, LeavesTheMemoriesOfADividedFrameWhereTheyAre) {
  SetCaps(kI420);
  const BufferRef whole = MakeFrame(kI420);
  BufferRef divided(gst_buffer_copy_region(whole.get(), GST_BUFFER_COPY_ALL, 0, 16));
  divided.reset(gst_buffer_append(
      divided.release(), gst_buffer_copy_region(whole.get(), GST_BUFFER_COPY_ALL, 16, -1)));
  const void* second = AddressOf(divided.get(), 1);
  Push(std::move(divided));
  const BufferRef packed = Pull();
  ASSERT_EQ(gst_buffer_n_memory(packed.get()), 3U);
  EXPECT_EQ(AddressOf(packed.get(), 2), second);
  EXPECT_TRUE(ReadFrameHeader(packed.get()).header);
}

TEST_F(ShmPayTest, HeaderSaysWhatTheFrameIs) {
  SetCaps(VideoCaps("format=NV12,width=5,height=3,framerate=25/2,pixel-aspect-ratio=4/3"));
  BufferRef frame = MakeFrame(VideoCaps("format=NV12,width=5,height=3"), 7 * GST_MSECOND);
  SetRtpTimestamp(frame.get(), RtpTimestamp{3527980796});
  Push(std::move(frame));
  const FrameHeader header = PullHeader();
  EXPECT_EQ(header.picture.format, FrameFormat::kNv12);
  EXPECT_EQ(header.picture.width, 5U);
  EXPECT_EQ(header.picture.framerate, (Fraction{25, 2}));
  EXPECT_EQ(header.picture.pixel_aspect_ratio, (Fraction{4, 3}));
  EXPECT_EQ(header.planes[1].stride, 8U);
  EXPECT_EQ(header.pts, std::chrono::milliseconds(7));
  EXPECT_EQ(header.duration, std::chrono::nanoseconds(GST_SECOND / 30));
  EXPECT_EQ(header.rtp_timestamp, RtpTimestamp{3527980796});
}

TEST_F(ShmPayTest, HeaderLeavesOutWhatTheFrameDoesNotHave) {
  SetCaps(kI420);
  BufferRef frame = MakeFrame(kI420, GST_CLOCK_TIME_NONE);
  GST_BUFFER_DURATION(frame.get()) = GST_CLOCK_TIME_NONE;
  Push(std::move(frame));
  const FrameHeader header = PullHeader();
  EXPECT_FALSE(header.pts);
  EXPECT_FALSE(header.duration);
  EXPECT_FALSE(header.rtp_timestamp);
}

TEST_F(ShmPayTest, HeaderHasTheRunningTimeAndTheBufferKeepsItsPts) {
  SetCaps(kI420);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = segment.time = 5 * GST_SECOND;
  gst_harness_push_event(pay_.get(), gst_event_new_segment(&segment));
  Push(MakeFrame(kI420, 6 * GST_SECOND));
  const BufferRef packed = Pull();
  EXPECT_EQ(GST_BUFFER_PTS(packed.get()), 6 * GST_SECOND);
  EXPECT_EQ(ReadFrameHeader(packed.get()).header->pts, std::chrono::seconds(1));
}

TEST_F(ShmPayTest, FrameBeforeTheSegmentHasNoPts) {
  SetCaps(kI420);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = 5 * GST_SECOND;
  gst_harness_push_event(pay_.get(), gst_event_new_segment(&segment));
  Push(MakeFrame(kI420, GST_SECOND));
  EXPECT_FALSE(PullHeader().pts);
}

TEST_F(ShmPayTest, SequenceCountsFramesAndBeginsAgainAfterAStop) {
  SetCaps(kI420);
  for (uint64_t i = 0; i < 3; ++i) {
    Push(MakeFrame(kI420));
    EXPECT_EQ(PullHeader().sequence, i);
  }
  gst_element_set_state(pay_->element, GST_STATE_READY);
  gst_harness_play(pay_.get());
  gst_harness_push_event(pay_.get(), gst_event_new_stream_start("again"));
  SetCaps(kI420);
  Push(MakeFrame(kI420));
  EXPECT_EQ(PullHeader().sequence, 0U);
}

TEST_F(ShmPayTest, PaddedFrameIsDescribedByItsMetaWhichDoesNotGoOn) {
  SetCaps(kI420);
  BufferRef frame(gst_buffer_new_allocate(nullptr, 1000, nullptr));
  gsize offsets[GST_VIDEO_MAX_PLANES] = {100, 400, 700};
  gint strides[GST_VIDEO_MAX_PLANES] = {64, 32, 48};
  gst_buffer_add_video_meta_full(frame.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 5,
                                 3, 3, offsets, strides);
  Push(std::move(frame));
  const BufferRef packed = Pull();
  const FrameHeader header = ReadFrameHeader(packed.get()).header.value();
  EXPECT_EQ(header.payload_size, 1000U);
  EXPECT_EQ(header.planes[0], (Plane{100, 64}));
  EXPECT_EQ(header.planes[2], (Plane{700, 48}));
  EXPECT_EQ(gst_buffer_get_video_meta(packed.get()), nullptr);
}

TEST_F(ShmPayTest, FrameTooSmallForItsCapsIsAnError) {
  SetCaps(kI420);
  const BusPtr bus = WatchBus(pay_);
  EXPECT_EQ(Push(BufferRef(gst_buffer_new_allocate(nullptr, 10, nullptr))), GST_FLOW_ERROR);
  EXPECT_EQ(NextMessage(bus, GST_MESSAGE_ERROR), "A frame does not fit its caps.");
}

TEST_F(ShmPayTest, PictureUpsideDownIsAnError) {
  SetCaps(VideoCaps("format=GRAY8,width=8,height=3"));
  BufferRef frame(gst_buffer_new_allocate(nullptr, 24, nullptr));
  gsize offsets[GST_VIDEO_MAX_PLANES] = {16};
  gint strides[GST_VIDEO_MAX_PLANES] = {-8};
  gst_buffer_add_video_meta_full(frame.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, 8,
                                 3, 1, offsets, strides);
  EXPECT_EQ(Push(std::move(frame)), GST_FLOW_ERROR);
}

TEST_F(ShmPayTest, CapsThatAHeaderCannotSayAreRefused) {
  for (const char* fields : {"format=I420,width=16,height=16,interlace-mode=interleaved",
                             "format=GRAY8,width=40000,height=1"}) {
    const HarnessPtr pay(gst_harness_new("shmpay"));
    gst_harness_set_src_caps_str(pay.get(), VideoCaps(fields).c_str());
    EXPECT_EQ(gst_harness_push(pay.get(), gst_buffer_new_allocate(nullptr, 65536, nullptr)),
              GST_FLOW_NOT_NEGOTIATED)
        << fields;
  }
}

TEST_F(ShmPayTest, FrameWithoutCapsIsNotNegotiated) {
  gst_harness_push_event(pay_.get(), gst_event_new_stream_start("no caps"));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(pay_.get(), gst_event_new_segment(&segment));
  EXPECT_EQ(Push(MakeFrame(kI420)), GST_FLOW_NOT_NEGOTIATED);
}

TEST_F(ShmPayTest, OffersDecodersToKeepTheirStrides) {
  SetCaps(kI420);
  const CapsRef caps(gst_caps_from_string(kI420.c_str()));
  const QueryRef query(gst_query_new_allocation(caps.get(), FALSE));
  ASSERT_TRUE(gst_pad_peer_query(pay_->srcpad, query.get()));
  EXPECT_TRUE(gst_query_find_allocation_meta(query.get(), GST_VIDEO_META_API_TYPE, nullptr));
}

TEST_F(ShmPayTest, AddsNoLatency) {
  SetCaps(kI420);
  gst_harness_set_upstream_latency(pay_.get(), 7 * GST_MSECOND);
  EXPECT_EQ(gst_harness_query_latency(pay_.get()), 7 * GST_MSECOND);
}

TEST_F(ShmPayTest, SaysTheVersionInItsCaps) {
  SetCaps(kI420);
  Push(MakeFrame(kI420));
  const CapsRef caps(gst_pad_get_current_caps(pay_->sinkpad));
  const CapsRef expected(gst_caps_from_string("application/x-ball-frame,version=1"));
  EXPECT_TRUE(gst_caps_is_equal(caps.get(), expected.get()));
}

TEST_F(ShmPayTest, FrameStaysOutOfItsPoolUntilItsMemoryIsNoLongerRead) {
  SetCaps(kI420);
  GstBufferPool* pool = gst_buffer_pool_new();
  GstStructure* config = gst_buffer_pool_get_config(pool);
  gst_buffer_pool_config_set_params(config, nullptr, InfoOf(kI420).size, 1, 1);
  gst_buffer_pool_set_config(pool, config);
  gst_buffer_pool_set_active(pool, TRUE);
  GstBufferPoolAcquireParams params = {};
  params.flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT;
  GstBuffer* frame = nullptr;
  ASSERT_EQ(gst_buffer_pool_acquire_buffer(pool, &frame, &params), GST_FLOW_OK);
  const void* address = AddressOf(frame);
  Push(BufferRef(frame));
  BufferRef packed = Pull();
  EXPECT_EQ(gst_buffer_pool_acquire_buffer(pool, &frame, &params), GST_FLOW_EOS);
  packed.reset();
  ASSERT_EQ(gst_buffer_pool_acquire_buffer(pool, &frame, &params), GST_FLOW_OK);
  EXPECT_EQ(AddressOf(frame), address) << "the pool threw the memory away";
  gst_buffer_unref(frame);
  gst_buffer_pool_set_active(pool, FALSE);
  gst_object_unref(pool);
}

}  // namespace
}  // namespace ball
