// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/number_text.h"

#include <gtest/gtest.h>

#include <clocale>
#include <limits>
#include <locale>

namespace ball {
namespace {

TEST(ParseNumberTest, ReadsDecimalsAndExponents) {
  EXPECT_EQ(ParseNumber("12.5"), 12.5);
  EXPECT_EQ(ParseNumber("-0.25"), -0.25);
  EXPECT_EQ(ParseNumber("1e3"), 1000.0);
}

TEST(ParseNumberTest, RefusesWhatIsNotOneFiniteNumber) {
  for (const char* text :
       {"", " 1", "1 ", "+1", "1,5", "1e999", "-1e999", "nan", "inf", "0x10", "1.5.2", "-"}) {
    EXPECT_EQ(ParseNumber(text), std::nullopt) << text;
  }
}

TEST(FixedNumberTest, RoundsToTheDecimalsAskedFor) {
  EXPECT_EQ(FixedNumber(3.14159, 2), "3.14");
  EXPECT_EQ(FixedNumber(2, 3), "2.000");
  EXPECT_EQ(FixedNumber(-1.5, 1), "-1.5");
  EXPECT_EQ(FixedNumber(2.4, 0), "2");
}

TEST(FixedNumberTest, HasNoNegativeZero) {
  EXPECT_EQ(FixedNumber(-0.0001, 2), "0.00");
  EXPECT_EQ(FixedNumber(-0.0, 0), "0");
}

TEST(FixedNumberTest, HoldsTheLargestNumberThereIs) {
  EXPECT_EQ(FixedNumber(-std::numeric_limits<double>::max(), 15).size(), 1U + 309 + 1 + 15);
}

TEST(FixedNumberTest, NamesWhatIsNotFinite) {
  EXPECT_EQ(FixedNumber(std::numeric_limits<double>::infinity(), 3), "inf");
  EXPECT_EQ(FixedNumber(std::numeric_limits<double>::quiet_NaN(), 3), "nan");
}

TEST(ShortNumberTest, DropsZerosAtTheEndOnly) {
  EXPECT_EQ(ShortNumber(3.5, 3), "3.5");
  EXPECT_EQ(ShortNumber(2, 3), "2");
  EXPECT_EQ(ShortNumber(100, 0), "100");
  EXPECT_EQ(ShortNumber(0, 3), "0");
  EXPECT_EQ(ShortNumber(-0.0004, 3), "0");
}

class DecimalComma : public std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
};

// The C++ locale is one made here; the C locale changes only where the machine has that one.
TEST(NumberTextTest, UsesAPointInALocaleThatUsesAComma) {
  const std::locale before = std::locale::global(std::locale(std::locale(), new DecimalComma));
  std::setlocale(LC_ALL, "de_DE.UTF-8");
  const std::string written = FixedNumber(1234.5, 1);
  const std::optional<double> read = ParseNumber("1234.5");
  std::setlocale(LC_ALL, "C");
  std::locale::global(before);
  EXPECT_EQ(written, "1234.5");
  EXPECT_EQ(read, 1234.5);
}

}  // namespace
}  // namespace ball
