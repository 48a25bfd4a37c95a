// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/rtptimestampmeta.h"

#include <gtest/gtest.h>

#include "plugins/shmframe/gstunref.h"

namespace ball {
namespace {

int CountReferenceMetas(GstBuffer* buffer) {
  int count = 0;
  gpointer state = nullptr;
  while (gst_buffer_iterate_meta_filtered(buffer, &state, GST_REFERENCE_TIMESTAMP_META_API_TYPE) !=
         nullptr) {
    ++count;
  }
  return count;
}

void AddReference(GstBuffer* buffer, const char* caps_text, GstClockTime timestamp) {
  const CapsRef caps(gst_caps_from_string(caps_text));
  gst_buffer_add_reference_timestamp_meta(buffer, caps.get(), timestamp, GST_CLOCK_TIME_NONE);
}

TEST(RtpTimestampMetaTest, BufferHasNoneAtFirst) {
  const BufferRef buffer(gst_buffer_new());
  EXPECT_FALSE(GetRtpTimestamp(buffer.get()));
}

TEST(RtpTimestampMetaTest, IsReadAsSetOverTheWholeRange) {
  for (const uint32_t value : {0U, 1U, 90000U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
    const BufferRef buffer(gst_buffer_new());
    SetRtpTimestamp(buffer.get(), RtpTimestamp{value});
    EXPECT_EQ(GetRtpTimestamp(buffer.get()), RtpTimestamp{value});
  }
}

TEST(RtpTimestampMetaTest, SettingAgainReplaces) {
  const BufferRef buffer(gst_buffer_new());
  SetRtpTimestamp(buffer.get(), RtpTimestamp{1});
  SetRtpTimestamp(buffer.get(), RtpTimestamp{2});
  EXPECT_EQ(GetRtpTimestamp(buffer.get()), RtpTimestamp{2});
  EXPECT_EQ(CountReferenceMetas(buffer.get()), 1);
}

TEST(RtpTimestampMetaTest, OtherReferencesAreLeftAlone) {
  const BufferRef buffer(gst_buffer_new());
  AddReference(buffer.get(), "timestamp/x-ntp", 5);
  EXPECT_FALSE(GetRtpTimestamp(buffer.get()));
  SetRtpTimestamp(buffer.get(), RtpTimestamp{2});
  EXPECT_EQ(CountReferenceMetas(buffer.get()), 2);
  EXPECT_EQ(GetRtpTimestamp(buffer.get()), RtpTimestamp{2});
}

TEST(RtpTimestampMetaTest, ValueBeyond32BitsIsNoRtpTimestamp) {
  const BufferRef buffer(gst_buffer_new());
  AddReference(buffer.get(), "timestamp/x-rtp", GST_CLOCK_TIME_NONE - 1);
  EXPECT_FALSE(GetRtpTimestamp(buffer.get()));
}

TEST(RtpTimestampMetaTest, CopiedBufferCarriesItOn) {
  const BufferRef buffer(gst_buffer_new());
  SetRtpTimestamp(buffer.get(), RtpTimestamp{3527980796});
  const BufferRef copy(gst_buffer_copy(buffer.get()));
  EXPECT_EQ(GetRtpTimestamp(copy.get()), RtpTimestamp{3527980796});
}

}  // namespace
}  // namespace ball
