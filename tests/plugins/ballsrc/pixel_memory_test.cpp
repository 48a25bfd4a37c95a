// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/pixel_memory.h"

#include <gtest/gtest.h>

#include <limits>

namespace ball {
namespace {

TEST(PixelMemoryTest, CanBeWrittenFromEndToEnd) {
  for (const size_t bytes : {size_t{1}, size_t{460800}, size_t{2} << 20, size_t{3110400}}) {
    const PixelMemory pixels = AllocatePixels(bytes);
    ASSERT_TRUE(pixels) << bytes;
    pixels[0] = 1;
    pixels[bytes - 1] = 2;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(pixels.get()) % 64, 0U) << bytes;
  }
}

TEST(PixelMemoryTest, NoPixelsAreStillMemory) { EXPECT_TRUE(AllocatePixels(0)); }

TEST(PixelMemoryTest, NothingWhereThereIsNoMemory) {
  EXPECT_FALSE(AllocatePixels(std::numeric_limits<size_t>::max()));
  EXPECT_FALSE(AllocatePixels(std::numeric_limits<size_t>::max() / 2));
}

}  // namespace
}  // namespace ball
