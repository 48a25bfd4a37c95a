// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace ball {

struct FreePixels {
  void operator()(uint8_t* pixels) const { std::free(pixels); }
};

// The memory of a picture. Of 2 MiB and more it lies on huge pages where the system has some: a
// ball touches a page or two a row, and each one otherwise costs a look into the page table.
using PixelMemory = std::unique_ptr<uint8_t[], FreePixels>;

// Uninitialised. Nothing where there is no memory for it.
PixelMemory AllocatePixels(size_t bytes);

}  // namespace ball
