// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace ball {
namespace {

using namespace std::string_view_literals;

struct Valid {
  const char* name;
  std::string_view bytes;
  char32_t code;
};

class Utf8ValidTest : public ::testing::TestWithParam<Valid> {};

TEST_P(Utf8ValidTest, DecodesTheFirstCharacter) {
  const Utf8Character character = DecodeUtf8(std::string(GetParam().bytes) + "x");
  EXPECT_EQ(character.code, GetParam().code);
  EXPECT_EQ(character.length, GetParam().bytes.size());
}

TEST_P(Utf8ValidTest, AppendsTheSameBytes) {
  std::string text = "a";
  AppendUtf8(GetParam().code, text);
  EXPECT_EQ(text.substr(0, 1), "a");
  EXPECT_EQ(text.substr(1), GetParam().bytes);
}

INSTANTIATE_TEST_SUITE_P(Utf8, Utf8ValidTest,
                         ::testing::Values(Valid{"Nul", "\0"sv, 0},
                                           Valid{"LastOfOne", "\x7f", 0x7f},
                                           Valid{"FirstOfTwo", "\xc2\x80", 0x80},
                                           Valid{"LastOfTwo", "\xdf\xbf", 0x7ff},
                                           Valid{"FirstOfThree", "\xe0\xa0\x80", 0x800},
                                           Valid{"BeforeSurrogates", "\xed\x9f\xbf", 0xd7ff},
                                           Valid{"AfterSurrogates", "\xee\x80\x80", 0xe000},
                                           Valid{"LastOfThree", "\xef\xbf\xbf", 0xffff},
                                           Valid{"FirstOfFour", "\xf0\x90\x80\x80", 0x10000},
                                           Valid{"Last", "\xf4\x8f\xbf\xbf", 0x10ffff}),
                         [](const auto& info) { return info.param.name; });

struct Invalid {
  const char* name;
  std::string_view bytes;
};

class Utf8InvalidTest : public ::testing::TestWithParam<Invalid> {};

TEST_P(Utf8InvalidTest, HasNoLength) { EXPECT_EQ(DecodeUtf8(GetParam().bytes).length, 0U); }

INSTANTIATE_TEST_SUITE_P(Utf8, Utf8InvalidTest,
                         ::testing::Values(Invalid{"Nothing", ""}, Invalid{"Continuation", "\x80"},
                                           Invalid{"CutShort", "\xe2\x82"},
                                           Invalid{"NoContinuation", "\xc3x"},
                                           Invalid{"OverlongTwo", "\xc0\x80"},
                                           Invalid{"OverlongThree", "\xe0\x9f\xbf"},
                                           Invalid{"OverlongFour", "\xf0\x8f\xbf\xbf"},
                                           Invalid{"Surrogate", "\xed\xa0\x80"},
                                           Invalid{"AboveLast", "\xf4\x90\x80\x80"},
                                           Invalid{"FiveBytes", "\xf8\x88\x80\x80\x80"},
                                           Invalid{"NoByteOfUtf8", "\xff"}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ball
