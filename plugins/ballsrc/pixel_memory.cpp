// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/pixel_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <limits>

namespace ball {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;
// As libvpx and others ask of their pictures.
constexpr size_t kAlignment = 64;

}  // namespace

PixelMemory AllocatePixels(size_t bytes) {
  if (bytes > std::numeric_limits<size_t>::max() - kHugePage) return nullptr;
  const size_t unit = bytes < kHugePage ? kAlignment : kHugePage;
  // aligned_alloc wants whole units, one at least.
  const size_t whole = std::max<size_t>(1, (bytes + unit - 1) / unit) * unit;
  PixelMemory pixels(static_cast<uint8_t*>(std::aligned_alloc(unit, whole)));
  // Only a hint: without it the memory is just slower.
  if (pixels && unit == kHugePage) madvise(pixels.get(), whole, MADV_HUGEPAGE);
  return pixels;
}

}  // namespace ball
