// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ball::locate {

// A bit for each sample of a row, so that what most samples have in common is passed over 64 at a
// time. Keeps its memory. One thread.
class BitRow {
 public:
  // Bit k says whether a[k] and b[k], which are 0 at least, differ by more than `most`, for k in
  // [0, count).
  void SetWhereApart(const std::int16_t* a, const std::int16_t* b, int count, std::int16_t most);
  // The same, where they do not.
  void SetWhereEven(const std::int16_t* a, const std::int16_t* b, int count, std::int16_t most);

  // The first bit that is set in [from, end), where `end` is no more than the count; else `end`.
  int Next(int from, int end) const {
    for (int at = from; at < end; at = (at | 63) + 1) {
      const std::uint64_t left = words_[static_cast<std::size_t>(at) / 64] >> (at % 64);
      if (left == 0) continue;
      const int next = at + std::countr_zero(left);
      return next < end ? next : end;
    }
    return end;
  }

 private:
  void Pack();

  std::vector<std::uint8_t> flags_;  // 0 or 1, filled up to whole words
  std::vector<std::uint64_t> words_;
};

}  // namespace ball::locate
