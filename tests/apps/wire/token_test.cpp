// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/token.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace ball {
namespace {

using namespace std::string_view_literals;

struct FileCase {
  const char* name;
  std::string file;
  std::string token;
};

class TokenFileTest : public ::testing::TestWithParam<FileCase> {};

TEST_P(TokenFileTest, HoldsTheTokenInItsFirstLine) {
  const auto token = Token::Parse(GetParam().file);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->text(), GetParam().token);
  EXPECT_TRUE(token->Matches(GetParam().token));
}

INSTANTIATE_TEST_SUITE_P(Files, TokenFileTest,
                         ::testing::Values(FileCase{"Bare", "secret", "secret"},
                                           FileCase{"Line", "secret\n", "secret"},
                                           FileCase{"Dos", "secret\r\n", "secret"},
                                           FileCase{"BlanksAround", " \tsecret \n", "secret"},
                                           FileCase{"BlanksWithin", "a b\n", "a b"},
                                           FileCase{"MoreLines", "secret\nother\n", "secret"},
                                           FileCase{"OneByte", "x", "x"},
                                           FileCase{"Utf8", "\xc3\xa9", "\xc3\xa9"},
                                           FileCase{"Longest", std::string(Token::kMax, 'x') + "\n",
                                                    std::string(Token::kMax, 'x')}),
                         [](const auto& info) { return info.param.name; });

struct NoTokenCase {
  const char* name;
  std::string_view file;
};

class NoTokenTest : public ::testing::TestWithParam<NoTokenCase> {};

TEST_P(NoTokenTest, IsRefused) { EXPECT_FALSE(Token::Parse(GetParam().file)); }

const std::string kTooLong(Token::kMax + 1, 'x');

INSTANTIATE_TEST_SUITE_P(Files, NoTokenTest,
                         ::testing::Values(NoTokenCase{"Empty", ""}, NoTokenCase{"Blank", " \t\n"},
                                           NoTokenCase{"SecondLine", "\nsecret\n"},
                                           NoTokenCase{"TooLong", kTooLong},
                                           NoTokenCase{"Nul", "a\0b"sv},
                                           NoTokenCase{"Control", "a\x1b[31m"},
                                           NoTokenCase{"NoUtf8", "a\xff"}),
                         [](const auto& info) { return info.param.name; });

class TokenMatchTest : public ::testing::TestWithParam<FileCase> {};

TEST_P(TokenMatchTest, IsOfTheWholeTokenAlone) {
  const auto token = Token::Parse(GetParam().token);
  ASSERT_TRUE(token);
  EXPECT_FALSE(token->Matches(GetParam().file));
}

// `file` is what is given.
INSTANTIATE_TEST_SUITE_P(
    Given, TokenMatchTest,
    ::testing::Values(FileCase{"Empty", "", "secret"}, FileCase{"Prefix", "secre", "secret"},
                      FileCase{"Longer", "secrets", "secret"},
                      FileCase{"FirstByte", "Secret", "secret"},
                      FileCase{"LastByte", "secreT", "secret"},
                      FileCase{"ZerosBehind", std::string("secret\0", 7), "secret"},
                      FileCase{"TooLong", std::string(Token::kMax + 1, 'x'),
                               std::string(Token::kMax, 'x')},
                      FileCase{"Huge", std::string(1'000'000, 'x'), "x"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ball
