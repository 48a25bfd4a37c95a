// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/frame_numbers.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

size_t SkippedBefore(FrameNumbers& numbers, guint64 offset, guint64 offset_end) {
  GstBuffer* frame = gst_buffer_new();
  GST_BUFFER_OFFSET(frame) = offset;
  GST_BUFFER_OFFSET_END(frame) = offset_end;
  const size_t skipped = numbers.SkippedBefore(frame);
  gst_buffer_unref(frame);
  return skipped;
}

size_t SkippedBefore(FrameNumbers& numbers, guint64 number) {
  return SkippedBefore(numbers, number, number + 1);
}

TEST(FrameNumbersTest, CountsWhatIsMissing) {
  FrameNumbers numbers;
  EXPECT_EQ(SkippedBefore(numbers, 0), 0U);
  EXPECT_EQ(SkippedBefore(numbers, 1), 0U);
  EXPECT_EQ(SkippedBefore(numbers, 5), 3U);
  EXPECT_EQ(SkippedBefore(numbers, 6), 0U);
}

TEST(FrameNumbersTest, TheFirstFrameMayHaveAnyNumber) {
  FrameNumbers numbers;
  EXPECT_EQ(SkippedBefore(numbers, 1000), 0U);
  EXPECT_EQ(SkippedBefore(numbers, 1002), 1U);
}

TEST(FrameNumbersTest, ASourceMayBeginAnew) {
  FrameNumbers numbers;
  EXPECT_EQ(SkippedBefore(numbers, 100), 0U);
  EXPECT_EQ(SkippedBefore(numbers, 0), 0U);
  EXPECT_EQ(SkippedBefore(numbers, 2), 1U);
}

TEST(FrameNumbersTest, OtherOffsetsAreNoNumbers) {
  FrameNumbers numbers;
  EXPECT_EQ(SkippedBefore(numbers, 0, 115200), 0U);
  EXPECT_EQ(SkippedBefore(numbers, 115200, 230400), 0U);
  EXPECT_EQ(SkippedBefore(numbers, GST_BUFFER_OFFSET_NONE, GST_BUFFER_OFFSET_NONE), 0U);
  EXPECT_EQ(SkippedBefore(numbers, GST_BUFFER_OFFSET_NONE, 0), 0U);
  EXPECT_EQ(SkippedBefore(numbers, 7), 0U) << "counted from what was no number";
}

}  // namespace
}  // namespace ball
