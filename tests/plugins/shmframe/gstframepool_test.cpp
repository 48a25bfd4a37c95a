// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames written straight into the area of the shmsink behind shmpay.
#include "plugins/shmframe/gstframepool.h"

#include <glib/gstdio.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "plugins/shmframe/gstframebuffer.h"
#include "tests/plugins/shmframe/test_frames.h"

namespace ball {
namespace {

const std::string kCaps = VideoCaps("format=I420,width=320,height=240");
constexpr size_t kFrameSize = 320 * 240 * 3 / 2;
// Room for four, with the prefix and what the area's allocator keeps.
constexpr size_t kAreaSize = 4 * (kFrameSize + 1024);
constexpr int kPooled = 3;

class FramePoolTest : public testing::Test {
 protected:
  void SetUp() override {
    g_autofree gchar* directory = g_dir_make_tmp("ball-pool-XXXXXX", nullptr);
    directory_ = directory;
    const std::string text =
        "shmpay name=pay leaky=true ! shmsink name=sink wait-for-connection=false sync=false "
        "async=false enable-last-sample=false shm-size=" +
        std::to_string(kAreaSize) + " socket-path=" + directory_ + "/frames";
    harness_.reset(gst_harness_new_parse(text.c_str()));
    gst_harness_set_src_caps_str(harness_.get(), kCaps.c_str());
    gst_harness_play(harness_.get());
    sink_ = gst_bin_get_by_name(GST_BIN(harness_->element), "sink");
    const auto pad = gst_element_get_static_pad(sink_, "sink");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, OnSent, this, nullptr);
    gst_object_unref(pad);
    Negotiate();
  }

  void TearDown() override {
    frames_.clear();
    sent_.reset();
    gst_buffer_pool_set_active(pool_.get(), FALSE);
    pool_.reset();
    area_.reset();
    gst_object_unref(sink_);
    harness_.reset();
    // shmsink leaves its socket where a frame outlived it.
    g_unlink((directory_ + "/frames").c_str());
    g_rmdir(directory_.c_str());
  }

  // As a decoder does it.
  void Negotiate(guint max_buffers = 0) {
    const CapsRef caps(gst_caps_from_string(kCaps.c_str()));
    const QueryRef query(gst_query_new_allocation(caps.get(), TRUE));
    ASSERT_TRUE(gst_pad_peer_query(harness_->srcpad, query.get()));
    ASSERT_EQ(gst_query_get_n_allocation_pools(query.get()), 1U);
    GstBufferPool* pool = nullptr;
    guint size = 0;
    gst_query_parse_nth_allocation_pool(query.get(), 0, &pool, &size, nullptr, nullptr);
    pool_.reset(pool);
    GstStructure* config = gst_buffer_pool_get_config(pool);
    gst_buffer_pool_config_set_params(config, caps.get(), size, max_buffers == 0 ? 2 : 0,
                                      max_buffers);
    ASSERT_TRUE(gst_buffer_pool_set_config(pool, config));
    ASSERT_TRUE(gst_buffer_pool_set_active(pool, TRUE));
    const QueryRef behind(gst_query_new_allocation(caps.get(), FALSE));
    const auto pad = gst_element_get_static_pad(sink_, "sink");
    gst_pad_query(pad, behind.get());
    gst_object_unref(pad);
    GstAllocator* area = nullptr;
    gst_query_parse_nth_allocation_param(behind.get(), 0, &area, nullptr);
    area_.reset(area);
  }

  BufferRef Acquire() {
    GstBuffer* frame = nullptr;
    EXPECT_EQ(gst_buffer_pool_acquire_buffer(pool_.get(), &frame, nullptr), GST_FLOW_OK);
    return BufferRef(frame);
  }

  // Fills the area with frames from elsewhere; how many had room.
  int FillWithCopies() {
    const guint64 before = Dropped();
    int copies = 0;
    for (; Dropped() == before; ++copies) {
      Push(MakeFrame(kCaps));
      frames_.push_back(std::move(sent_));
    }
    return copies - 1;
  }

  bool IsInArea(const BufferRef& frame) const {
    return gst_buffer_peek_memory(frame.get(), 0)->allocator == area_.get();
  }

  GstFlowReturn Push(BufferRef frame) { return gst_harness_push(harness_.get(), frame.release()); }

  void SetInPlace(gboolean on) {
    gst_harness_set(harness_.get(), "shmpay", "in-place", on, nullptr);
  }

  guint64 Dropped() const {
    guint64 dropped = 0;
    gst_harness_get(harness_.get(), "shmpay", "dropped", &dropped, nullptr);
    return dropped;
  }

  static GstPadProbeReturn OnSent(GstPad*, GstPadProbeInfo* info, gpointer self) {
    static_cast<FramePoolTest*>(self)->sent_.reset(gst_buffer_ref(GST_PAD_PROBE_INFO_BUFFER(info)));
    return GST_PAD_PROBE_OK;
  }

  HarnessPtr harness_;
  std::string directory_;
  GstElement* sink_ = nullptr;
  PoolRef pool_;
  AllocatorRef area_;
  std::vector<BufferRef> frames_;
  BufferRef sent_;  // what went to shmsink last
};

TEST_F(FramePoolTest, FrameIsHandedOverWhereItWasWritten) {
  BufferRef frame = Acquire();
  ASSERT_TRUE(IsInArea(frame));
  const auto* written = static_cast<const std::byte*>(AddressOf(frame.get()));
  Push(std::move(frame));
  ASSERT_EQ(gst_buffer_n_memory(sent_.get()), 1U);
  EXPECT_TRUE(IsInArea(sent_));
  EXPECT_EQ(AddressOf(sent_.get()), written - kFrameHeaderSize);
}

TEST_F(FramePoolTest, FrameThatNobodyElseHasGoesOnItself) {
  BufferRef frame = Acquire();
  const GstBuffer* itself = frame.get();
  Push(std::move(frame));
  EXPECT_EQ(sent_.get(), itself);
  EXPECT_EQ(gst_buffer_get_size(sent_.get()), kFrameHeaderSize + kFrameSize);
}

TEST_F(FramePoolTest, FrameThatAnotherHasStaysAsItIs) {
  const BufferRef frame = Acquire();
  const auto* written = static_cast<const std::byte*>(AddressOf(frame.get()));
  Push(BufferRef(gst_buffer_ref(frame.get())));
  EXPECT_EQ(AddressOf(frame.get()), written);
  EXPECT_EQ(gst_buffer_get_size(frame.get()), kFrameSize);
  EXPECT_EQ(AddressOf(sent_.get()), written - kFrameHeaderSize);
}

TEST_F(FramePoolTest, HeaderBeforeTheFrameDescribesIt) {
  BufferRef frame = Acquire();
  gst_buffer_memset(frame.get(), 0, 7, kFrameSize);
  GST_BUFFER_PTS(frame.get()) = 5 * GST_MSECOND;
  Push(std::move(frame));
  const auto header = ReadFrameHeader(sent_.get()).header;
  ASSERT_TRUE(header);
  EXPECT_EQ(header->payload_size, kFrameSize);
  EXPECT_EQ(header->pts, std::chrono::milliseconds(5));
  EXPECT_EQ(BytesOf(sent_.get()).back(), 7);
}

TEST_F(FramePoolTest, FramesAreOrdinaryMemoryWhenTheAreaIsTakenAndInItAgainLater) {
  for (int i = 0; i < kPooled; ++i) frames_.push_back(Acquire());
  EXPECT_TRUE(IsInArea(frames_.back()));
  EXPECT_FALSE(IsInArea(Acquire()));
  frames_.pop_back();
  EXPECT_TRUE(IsInArea(Acquire()));
}

TEST_F(FramePoolTest, LeavesRoomForAFrameFromElsewhere) {
  for (int i = 0; i < kPooled + 2; ++i) frames_.push_back(Acquire());
  EXPECT_EQ(Push(MakeFrame(kCaps)), GST_FLOW_OK);
  EXPECT_EQ(Dropped(), 0U);
  ASSERT_TRUE(sent_);
  EXPECT_TRUE(IsInArea(sent_));
}

// Copies are shorter than frames of the pool by the room before these. A frame of the pool that
// came behind two copies, with two more before it once the copies are gone, leaves a gap that is
// too short for another copy.
TEST_F(FramePoolTest, LeavesRoomForAFrameFromElsewhereInOnePiece) {
  Push(MakeFrame(kCaps));
  frames_.push_back(std::move(sent_));
  Push(MakeFrame(kCaps));
  frames_.push_back(std::move(sent_));
  const BufferRef behind_copies = Acquire();
  ASSERT_TRUE(IsInArea(behind_copies));
  frames_.clear();
  for (int i = 0; i < kPooled; ++i) frames_.push_back(Acquire());
  Push(MakeFrame(kCaps));
  EXPECT_EQ(Dropped(), 0U);
}

// What a copy leaves is too short for a frame of the pool, but long enough for the next copy.
TEST_F(FramePoolTest, GivesOutAllThatLeavesRoomForACopy) {
  Push(MakeFrame(kCaps));
  for (int i = 0; i < kPooled - 1; ++i) frames_.push_back(Acquire());
  sent_.reset();
  EXPECT_TRUE(IsInArea(Acquire()));
}

TEST_F(FramePoolTest, LeakyDropsAndCountsWhatHasNoRoomInsteadOfWaiting) {
  for (int i = 0; i < kPooled; ++i) frames_.push_back(Acquire());
  Push(MakeFrame(kCaps));
  EXPECT_EQ(Push(MakeFrame(kCaps)), GST_FLOW_OK);
  EXPECT_EQ(Dropped(), 1U);
}

TEST_F(FramePoolTest, FrameThatComesAgainIsCopied) {
  const BufferRef frame = Acquire();
  Push(BufferRef(gst_buffer_ref(frame.get())));
  const void* first = AddressOf(sent_.get());
  const BufferRef held(gst_buffer_ref(sent_.get()));
  Push(BufferRef(gst_buffer_ref(frame.get())));
  EXPECT_NE(AddressOf(sent_.get()), first);
  EXPECT_EQ(ReadFrameHeader(held.get()).header->sequence, 0U);
  EXPECT_EQ(ReadFrameHeader(sent_.get()).header->sequence, 1U);
}

TEST_F(FramePoolTest, GivesOrdinaryMemoryOnceShmsinkHasStopped) {
  gst_element_set_locked_state(sink_, TRUE);
  gst_element_set_state(sink_, GST_STATE_READY);
  const BufferRef frame = Acquire();
  EXPECT_FALSE(IsInArea(frame));
  // Else it does not stop with the others, and leaves its area.
  gst_element_set_locked_state(sink_, FALSE);
}

TEST_F(FramePoolTest, GivesOrdinaryMemoryWhileDrawingInPlaceIsOff) {
  SetInPlace(FALSE);
  EXPECT_FALSE(IsInArea(Acquire()));
  SetInPlace(TRUE);
  EXPECT_TRUE(IsInArea(Acquire()));
}

TEST_F(FramePoolTest, FrameDrawnBeforeTheAreaWasChangedIsCopied) {
  BufferRef frame = Acquire();
  const auto* written = static_cast<const std::byte*>(AddressOf(frame.get()));
  SetInPlace(FALSE);
  SetInPlace(TRUE);
  Push(std::move(frame));
  ASSERT_TRUE(sent_);
  EXPECT_NE(AddressOf(sent_.get()), written - kFrameHeaderSize);
}

TEST_F(FramePoolTest, NeverWaitsForAShmsinkThatIsBusy) {
  const PadRef pad(gst_element_get_static_pad(sink_, "sink"));
  BufferRef frame;
  GST_PAD_STREAM_LOCK(pad.get());
  std::thread([&] { frame = Acquire(); }).join();
  GST_PAD_STREAM_UNLOCK(pad.get());
  EXPECT_FALSE(IsInArea(frame));
}

TEST_F(FramePoolTest, FrameThatWasCroppedIsCopied) {
  BufferRef frame = Acquire();
  const auto* written = static_cast<const std::byte*>(AddressOf(frame.get()));
  gst_buffer_add_video_meta(frame.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 320,
                            240);
  gst_buffer_resize(frame.get(), 64, -1);
  gst_buffer_get_video_meta(frame.get())->offset[2] -= 64;
  Push(std::move(frame));
  ASSERT_TRUE(sent_);
  EXPECT_NE(AddressOf(sent_.get()), written + 64 - kFrameHeaderSize);
}

TEST_F(FramePoolTest, FrameThatCameBackIsGivenOutAgainAsNew) {
  BufferRef frame = Acquire();
  GstBuffer* itself = frame.get();
  const void* address = AddressOf(itself);
  for (guint64 sequence = 0; sequence < 3; ++sequence) {
    SCOPED_TRACE(sequence);
    GST_BUFFER_PTS(frame.get()) = 1;
    GST_BUFFER_FLAG_SET(frame.get(), GST_BUFFER_FLAG_DISCONT);
    Push(std::move(frame));
    EXPECT_EQ(ReadFrameHeader(sent_.get()).header->sequence, sequence);
    EXPECT_EQ(sent_.get(), itself);
    sent_.reset();
    frame = Acquire();
    ASSERT_EQ(frame.get(), itself);
    EXPECT_EQ(AddressOf(itself), address);
    EXPECT_EQ(gst_buffer_get_size(frame.get()), kFrameSize);
    EXPECT_FALSE(GST_BUFFER_PTS_IS_VALID(itself));
    EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(itself, GST_BUFFER_FLAG_DISCONT));
  }
}

TEST_F(FramePoolTest, FrameThatIsStillReadIsNotGivenOutAgain) {
  BufferRef frame = Acquire();
  const auto* written = static_cast<const std::byte*>(AddressOf(frame.get()));
  Push(BufferRef(gst_buffer_ref(frame.get())));
  frame.reset();
  ASSERT_EQ(AddressOf(sent_.get()), written - kFrameHeaderSize);
  EXPECT_NE(AddressOf(Acquire().get()), written);
}

TEST_F(FramePoolTest, FrameOfWhichAnotherHasThePixelsIsNotGivenOutAgain) {
  BufferRef frame = Acquire();
  const void* written = AddressOf(frame.get());
  const BufferRef other(gst_buffer_new());
  gst_buffer_append_memory(other.get(), gst_buffer_get_memory(frame.get(), 0));
  frame.reset();
  EXPECT_NE(AddressOf(Acquire().get()), written);
}

TEST_F(FramePoolTest, WhatCameBackLeavesTheAreaWhenDrawingInPlaceIsTurnedOff) {
  for (int i = 0; i < kPooled; ++i) frames_.push_back(Acquire());
  frames_.clear();
  SetInPlace(FALSE);
  EXPECT_EQ(FillWithCopies(), kPooled + 1);
}

TEST_F(FramePoolTest, WhatComesBackAfterTheAreaWasChangedLeavesIt) {
  BufferRef frame = Acquire();
  SetInPlace(FALSE);
  SetInPlace(TRUE);
  frame.reset();
  EXPECT_EQ(FillWithCopies(), kPooled + 1);
}

TEST_F(FramePoolTest, WhatComesBackLeavesTheAreaOnceThePoolIsStopped) {
  for (int i = 0; i < kPooled; ++i) frames_.push_back(Acquire());
  BufferRef still_out = std::move(frames_.back());
  frames_.clear();
  gst_buffer_pool_set_active(pool_.get(), FALSE);
  EXPECT_EQ(FillWithCopies(), kPooled);
  frames_.clear();
  still_out.reset();
  EXPECT_EQ(FillWithCopies(), kPooled + 1);
}

// Who waits for one of these is woken by GStreamer's own pool, which sees none that is kept here.
TEST_F(FramePoolTest, PoolOfALimitedNumberKeepsNone) {
  gst_buffer_pool_set_active(pool_.get(), FALSE);
  Negotiate(1);
  EXPECT_TRUE(IsInArea(Acquire()));
  EXPECT_EQ(FillWithCopies(), kPooled + 1);
}

TEST_F(FramePoolTest, WhatCameBackMakesRoomForFramesFromElsewhere) {
  for (int i = 0; i < kPooled; ++i) frames_.push_back(Acquire());
  frames_.clear();
  EXPECT_EQ(FillWithCopies(), kPooled + 1);
}

// shmsink waited for good: who reads has a copy until the next frame comes, and the others are
// idle.
TEST_F(FramePoolTest, WhatCameBackMakesRoomThatShmsinkWaitsFor) {
  gst_harness_set(harness_.get(), "shmpay", "leaky", FALSE, nullptr);
  for (int i = 0; i < kPooled; ++i) frames_.push_back(Acquire());
  GstMemory* copy = gst_allocator_alloc(area_.get(), kFrameSize, nullptr);
  ASSERT_EQ(copy->allocator, area_.get());
  frames_.clear();
  EXPECT_EQ(Push(MakeFrame(kCaps)), GST_FLOW_OK);
  gst_memory_unref(copy);
}

}  // namespace
}  // namespace ball
