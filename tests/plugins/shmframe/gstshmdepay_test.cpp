// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "plugins/rtptimestampmeta.h"
#include "plugins/shmframe/gstframebuffer.h"
#include "tests/plugins/shmframe/shm_depay_fixture.h"

namespace ball {
namespace {

class ShmDepayFormatTest : public ShmDepayTest,
                           public testing::WithParamInterface<std::tuple<const char*, int, int>> {
 protected:
  std::string Caps() const {
    const auto& [format, width, height] = GetParam();
    return VideoCaps(std::string("format=") + format + ",width=" + std::to_string(width) +
                     ",height=" + std::to_string(height));
  }
};

TEST_P(ShmDepayFormatTest, RestoresCapsBytesTimesAndIdentity) {
  BufferRef frame = MakeFrame(Caps(), GST_SECOND);
  SetRtpTimestamp(frame.get(), RtpTimestamp{42});
  const auto bytes = BytesOf(frame.get());
  ASSERT_EQ(Push(AsFromShm(Pack(Caps(), std::move(frame)))), GST_FLOW_OK);
  const BufferRef restored = Pull();
  const GstVideoInfo expected = InfoOf(Caps());
  const GstVideoInfo info = InfoDownstream();
  EXPECT_TRUE(gst_video_info_is_equal(&info, &expected));
  EXPECT_EQ(BytesOf(restored.get()), bytes);
  EXPECT_EQ(GST_BUFFER_PTS(restored.get()), GST_SECOND);
  EXPECT_EQ(GST_BUFFER_DURATION(restored.get()), GST_SECOND / 30);
  EXPECT_EQ(GetRtpTimestamp(restored.get()), RtpTimestamp{42});
}

std::string FormatCaseName(const testing::TestParamInfo<std::tuple<const char*, int, int>>& info) {
  const auto& [format, width, height] = info.param;
  return std::string(format) + "_" + std::to_string(width) + "x" + std::to_string(height);
}

INSTANTIATE_TEST_SUITE_P(Formats, ShmDepayFormatTest,
                         testing::Combine(testing::Values("I420", "NV12", "BGRx", "RGBx", "BGRA",
                                                          "RGBA", "BGR", "RGB", "GRAY8"),
                                          testing::Values(1, 5, 640), testing::Values(1, 3, 481)),
                         FormatCaseName);

TEST_F(ShmDepayTest, FrameStaysInTheSharedMemory) {
  BufferRef buffer = AsFromShm(Pack(kI420, MakeFrame(kI420)));
  const auto* start = static_cast<const uint8_t*>(AddressOf(buffer.get()));
  Push(std::move(buffer));
  const BufferRef frame = Pull();
  EXPECT_EQ(AddressOf(frame.get()), start + kFrameHeaderSize);
  EXPECT_TRUE(GST_MEMORY_IS_READONLY(gst_buffer_peek_memory(frame.get(), 0)));
}

TEST_F(ShmDepayTest, SharedMemoryGoesBackWithTheLastReferenceToTheFrame) {
  auto bytes = BytesOf(Pack(kI420, MakeFrame(kI420)).get());
  bool released = false;
  Push(BufferRef(gst_buffer_new_wrapped_full(
      GST_MEMORY_FLAG_READONLY, bytes.data(), bytes.size(), 0, bytes.size(), &released,
      [](gpointer flag) { *static_cast<bool*>(flag) = true; })));
  BufferRef frame = Pull();
  EXPECT_FALSE(released);
  frame.reset();
  EXPECT_TRUE(released);
}

TEST_F(ShmDepayTest, SegmentIsInTimeAndComesBehindStreamStartAndCaps) {
  gst_harness_push_event(depay_.get(), gst_event_new_tag(gst_tag_list_new_empty()));
  gst_harness_push_event(depay_.get(), gst_event_new_gap(0, GST_SECOND));
  Push(AsFromShm(Pack(kI420, MakeFrame(kI420))));
  const GstEventType order[] = {GST_EVENT_STREAM_START, GST_EVENT_CAPS, GST_EVENT_SEGMENT,
                                GST_EVENT_TAG};
  for (const GstEventType expected : order) {
    const EventRef event(gst_harness_pull_event(depay_.get()));
    ASSERT_EQ(GST_EVENT_TYPE(event.get()), expected);
    if (expected != GST_EVENT_SEGMENT) continue;
    const GstSegment* segment = nullptr;
    gst_event_parse_segment(event.get(), &segment);
    EXPECT_EQ(segment->format, GST_FORMAT_TIME);
    EXPECT_EQ(segment->start, 0U);
  }
}

TEST_F(ShmDepayTest, SegmentInTimeIsKeptAndRunningTimeFitsIntoIt) {
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = 5 * GST_SECOND;
  gst_harness_push_event(depay_.get(), gst_event_new_segment(&segment));
  Push(AsFromShm(Pack(kI420, MakeFrame(kI420, GST_SECOND))));
  EXPECT_EQ(GST_BUFFER_PTS(Pull().get()), 6 * GST_SECOND);
}

TEST_F(ShmDepayTest, PtsThatTheSourceStampedIsKept) {
  BufferRef buffer = AsFromShm(Pack(kI420, MakeFrame(kI420, GST_SECOND)));
  GST_BUFFER_PTS(buffer.get()) = 77;
  Push(std::move(buffer));
  EXPECT_EQ(GST_BUFFER_PTS(Pull().get()), 77U);
}

TEST_F(ShmDepayTest, CapsAreSentOnlyWhenTheyChange) {
  const std::string larger = VideoCaps("format=NV12,width=64,height=48");
  for (const std::string& caps : {kI420, kI420, larger, larger, kI420}) {
    ASSERT_EQ(Push(AsFromShm(Pack(caps, MakeFrame(caps)))), GST_FLOW_OK);
    const GstVideoInfo expected = InfoOf(caps);
    const GstVideoInfo info = InfoDownstream();
    EXPECT_TRUE(gst_video_info_is_equal(&info, &expected));
  }
  int caps_events = 0;
  while (gst_harness_events_in_queue(depay_.get()) > 0) {
    const EventRef event(gst_harness_pull_event(depay_.get()));
    caps_events += GST_EVENT_TYPE(event.get()) == GST_EVENT_CAPS ? 1 : 0;
  }
  EXPECT_EQ(caps_events, 3);
}

TEST_F(ShmDepayTest, GapOrRestartOfTheWriterIsADiscontinuity) {
  const HarnessPtr pay(gst_harness_new("shmpay"));
  gst_harness_set_src_caps_str(pay.get(), kI420.c_str());
  std::vector<std::vector<uint8_t>> frames;
  for (int i = 0; i < 5; ++i) {
    gst_harness_push(pay.get(), MakeFrame(kI420).release());
    frames.push_back(BytesOf(BufferRef(gst_harness_pull(pay.get())).get()));
  }
  const std::pair<size_t, bool> story[] = {{0, true},  {1, false}, {3, true},
                                           {4, false}, {0, true},  {1, false}};
  for (const auto& [sequence, discontinuity] : story) {
    Push(AsFromShm(frames[sequence]));
    const BufferRef frame = Pull();
    EXPECT_EQ(GST_BUFFER_OFFSET(frame.get()), sequence);
    EXPECT_EQ(GST_BUFFER_FLAG_IS_SET(frame.get(), GST_BUFFER_FLAG_DISCONT), discontinuity);
  }
}

TEST_F(ShmDepayTest, FlushBeginsAnew) {
  Push(AsFromShm(Pack(kI420, MakeFrame(kI420))));
  Pull();
  gst_harness_push_event(depay_.get(), gst_event_new_flush_start());
  gst_harness_push_event(depay_.get(), gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_BYTES);
  gst_harness_push_event(depay_.get(), gst_event_new_segment(&segment));
  ASSERT_EQ(Push(AsFromShm(Pack(kI420, MakeFrame(kI420)))), GST_FLOW_OK);
  EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(Pull().get(), GST_BUFFER_FLAG_DISCONT));
}

TEST_F(ShmDepayTest, HeaderAndFrameMayBeSpreadOverManyMemories) {
  const auto bytes = BytesOf(Pack(kI420, MakeFrame(kI420)).get());
  BufferRef spread(gst_buffer_new());
  for (size_t at = 0; at < bytes.size(); at += 23) {
    const size_t size = std::min<size_t>(23, bytes.size() - at);
    auto* part = g_memdup2(bytes.data() + at, size);
    gst_buffer_append_memory(spread.get(), gst_memory_new_wrapped(GST_MEMORY_FLAG_READONLY, part,
                                                                  size, 0, size, part, g_free));
  }
  ASSERT_EQ(Push(std::move(spread)), GST_FLOW_OK);
  EXPECT_EQ(BytesOf(Pull().get()), BytesOf(MakeFrame(kI420).get()));
}

TEST_F(ShmDepayTest, DownstreamThatRefusesTheCapsIsToldApart) {
  gst_harness_set_sink_caps_str(depay_.get(), "video/x-raw,format=GRAY8");
  EXPECT_EQ(Push(AsFromShm(Pack(kI420, MakeFrame(kI420)))), GST_FLOW_NOT_NEGOTIATED);
}

TEST_F(ShmDepayTest, AddsNoLatency) {
  gst_harness_set_upstream_latency(depay_.get(), 7 * GST_MSECOND);
  Push(AsFromShm(Pack(kI420, MakeFrame(kI420))));
  EXPECT_EQ(gst_harness_query_latency(depay_.get()), 7 * GST_MSECOND);
}

struct Decoder {
  const char* name;
  const char* chain;
  bool pads;  // known to hand over frames with a border around the picture
};

class DecodedFrameTest : public testing::TestWithParam<Decoder> {
 protected:
  // Encodes and decodes a few frames, notes where each decoded one lies, and payloads it.
  DecodedFrameTest()
      : chain_(gst_harness_new_parse(
            (std::string(GetParam().chain) + " ! shmpay name=pay ! shmdepay").c_str())) {
    gst_harness_add_propose_allocation_meta(chain_.get(), GST_VIDEO_META_API_TYPE, nullptr);
    g_autoptr(GstElement) pay = gst_bin_get_by_name(GST_BIN(chain_->element), "pay");
    g_autoptr(GstPad) pad = gst_element_get_static_pad(pay, "sink");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, Note, &decoded_, nullptr);
    const std::string caps = VideoCaps("format=I420,width=160,height=112");
    gst_harness_set_src_caps_str(chain_.get(), caps.c_str());
    for (int i = 0; i < 3; ++i) {
      gst_harness_push(chain_.get(), MakeFrame(caps, i * GST_SECOND / 30).release());
    }
    gst_harness_push_event(chain_.get(), gst_event_new_eos());
  }

  static GstPadProbeReturn Note(GstPad*, GstPadProbeInfo* info, gpointer seen) {
    auto* addresses = static_cast<std::vector<const void*>*>(seen);
    addresses->push_back(AddressOf(GST_PAD_PROBE_INFO_BUFFER(info)));
    return GST_PAD_PROBE_OK;
  }

  std::vector<const void*> decoded_;
  HarnessPtr chain_;
};

TEST_P(DecodedFrameTest, PassesUncopiedWithItsPadding) {
  ASSERT_EQ(gst_harness_buffers_in_queue(chain_.get()), 3U);
  for (size_t i = 0; i < 3; ++i) {
    const BufferRef frame(gst_harness_pull(chain_.get()));
    EXPECT_EQ(AddressOf(frame.get()), decoded_[i]);
    EXPECT_GE(gst_buffer_get_video_meta(frame.get())->stride[0], GetParam().pads ? 161 : 160);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Decoders, DecodedFrameTest,
    testing::Values(Decoder{"Vp8", "vp8enc deadline=1 cpu-used=16 ! vp8dec", false},
                    Decoder{"Vp9", "vp9enc deadline=1 cpu-used=8 ! vp9dec", true},
                    Decoder{"H264", "openh264enc ! h264parse ! avdec_h264", false}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(ShmDepayTest, PaddedFrameIsCopiedForWhoDoesNotKnowVideoMeta) {
  Start(false);
  const std::string caps = VideoCaps("format=GRAY8,width=4,height=2");
  BufferRef padded(gst_buffer_new_memdup("....abcd....efgh", 16));
  gsize offsets[GST_VIDEO_MAX_PLANES] = {4};
  gint strides[GST_VIDEO_MAX_PLANES] = {8};
  gst_buffer_add_video_meta_full(padded.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, 4,
                                 2, 1, offsets, strides);
  Push(AsFromShm(Pack(caps, std::move(padded))));
  const BufferRef frame = Pull();
  EXPECT_EQ(BytesOf(frame.get()), (std::vector<uint8_t>{'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}));
  EXPECT_EQ(gst_buffer_get_video_meta(frame.get()), nullptr);
}

TEST_F(ShmDepayTest, InPlaceElementDownstreamDoesNotWriteIntoTheSharedMemory) {
  const HarnessPtr chain(gst_harness_new_parse("shmdepay ! balloverlay text=true"));
  const std::string caps = VideoCaps("format=BGR,width=64,height=48");
  gst_harness_push_event(chain.get(), gst_event_new_stream_start("shm"));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_BYTES);
  gst_harness_push_event(chain.get(), gst_event_new_segment(&segment));
  const BufferRef shared = AsFromShm(Pack(caps, MakeFrame(caps)));
  const auto before = BytesOf(shared.get());
  gst_harness_push(chain.get(), gst_buffer_ref(shared.get()));
  const BufferRef drawn(gst_harness_pull(chain.get()));
  EXPECT_NE(BytesOf(drawn.get()), BytesOf(MakeFrame(caps).get()));
  EXPECT_EQ(BytesOf(shared.get()), before);
}

}  // namespace
}  // namespace ball
