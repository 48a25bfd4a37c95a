// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balllocate/bit_row.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <random>
#include <vector>

namespace ball::locate {
namespace {

using Numbers = std::vector<std::int16_t>;

std::vector<int> SetBits(const BitRow& row, int count) {
  std::vector<int> bits;
  for (int at = row.Next(0, count); at < count; at = row.Next(at + 1, count)) bits.push_back(at);
  return bits;
}

TEST(BitRowTest, SaysWhatIsApartAndWhatIsEven) {
  const Numbers a{0, 100, 32640, 0, 7};
  const Numbers b{0, 113, 0, 32640, 19};
  BitRow row;
  row.SetWhereApart(a.data(), b.data(), 5, 12);
  EXPECT_EQ(SetBits(row, 5), (std::vector{1, 2, 3}));
  row.SetWhereEven(a.data(), b.data(), 5, 12);
  EXPECT_EQ(SetBits(row, 5), (std::vector{0, 4}));
}

TEST(BitRowTest, IsWhatOneByOneIsFoundWhateverTheLength) {
  std::mt19937 random(1);
  BitRow apart;
  BitRow even;
  for (const int count : {1, 7, 8, 63, 64, 65, 127, 128, 129, 1000, 2, 500}) {
    Numbers a(count);
    Numbers b(count);
    std::vector<int> expected_apart;
    std::vector<int> expected_even;
    for (int k = 0; k < count; ++k) {
      a[k] = static_cast<std::int16_t>(random() % 40);
      b[k] = static_cast<std::int16_t>(random() % 40);
      (std::abs(a[k] - b[k]) > 12 ? expected_apart : expected_even).push_back(k);
    }
    apart.SetWhereApart(a.data(), b.data(), count, 12);
    even.SetWhereEven(a.data(), b.data(), count, 12);
    EXPECT_EQ(SetBits(apart, count), expected_apart) << count;
    EXPECT_EQ(SetBits(even, count), expected_even) << count;
  }
}

TEST(BitRowTest, LooksNoFurtherThanItIsTold) {
  Numbers a(200);
  const Numbers b(200);
  a[150] = 1;
  BitRow row;
  row.SetWhereApart(a.data(), b.data(), 200, 0);
  EXPECT_EQ(row.Next(0, 200), 150);
  EXPECT_EQ(row.Next(150, 200), 150);
  EXPECT_EQ(row.Next(151, 200), 200);
  EXPECT_EQ(row.Next(3, 150), 150);
  EXPECT_EQ(row.Next(3, 100), 100);
  EXPECT_EQ(row.Next(64, 64), 64);
}

TEST(BitRowTest, OfNoNumbersHasNoBits) {
  BitRow row;
  row.SetWhereApart(nullptr, nullptr, 0, 0);
  EXPECT_EQ(row.Next(0, 0), 0);
}

}  // namespace
}  // namespace ball::locate
