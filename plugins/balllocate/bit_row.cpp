// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/bit_row.h"

#include <bit>
#include <cstring>

namespace ball::locate {
namespace {

// Bit k is flags[k], which is 0 or 1.
std::uint8_t PackEight(const std::uint8_t* flags) {
  std::uint64_t spread = 0;
  std::memcpy(&spread, flags, sizeof(spread));
  if constexpr (std::endian::native == std::endian::big) spread = __builtin_bswap64(spread);
  // The factor has a bit at each 7 k, which moves bit 8 k of the eight to 56 + k.
  return static_cast<std::uint8_t>((spread * 0x0102040810204080U) >> 56);
}

}  // namespace

void BitRow::SetWhereApart(const std::int16_t* a, const std::int16_t* b, int count,
                           std::int16_t most) {
  words_.resize((static_cast<std::size_t>(count) + 63) / 64);
  flags_.assign(64 * words_.size(), 0);
  std::uint8_t* flags = flags_.data();
#pragma omp simd
  for (int k = 0; k < count; ++k) {
    const auto up = static_cast<std::int16_t>(a[k] - b[k]);
    const auto down = static_cast<std::int16_t>(b[k] - a[k]);
    flags[k] = (up > most ? 1 : 0) | (down > most ? 1 : 0);
  }
  Pack();
}

void BitRow::SetWhereEven(const std::int16_t* a, const std::int16_t* b, int count,
                          std::int16_t most) {
  SetWhereApart(a, b, count, most);
  for (std::uint64_t& word : words_) word = ~word;
}

void BitRow::Pack() {
  const std::uint8_t* flags = flags_.data();
  for (std::uint64_t& word : words_) {
    word = 0;
    for (int byte = 0; byte < 8; ++byte, flags += 8) {
      word |= std::uint64_t{PackEight(flags)} << (8 * byte);
    }
  }
}

}  // namespace ball::locate
