// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/printable.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

struct PrintableCase {
  std::string name;
  std::string text;
  std::string line;
};

class PrintableTest : public testing::TestWithParam<PrintableCase> {};

TEST_P(PrintableTest, IsOneLineOfText) { EXPECT_EQ(Printable(GetParam().text), GetParam().line); }

INSTANTIATE_TEST_SUITE_P(
    Texts, PrintableTest,
    testing::Values(PrintableCase{"Empty", "", ""},
                    PrintableCase{"Sentence", "no such host: check --host",
                                  ""
                                  "no such host: check --host"},
                    PrintableCase{"Letters", "G\xc3\xbcltig \xe2\x82\xac",
                                  "G\xc3\xbcltig \xe2\x82\xac"},
                    PrintableCase{"LineEnds", "a\r\nb\tc", "a\\r\\nb\\tc"},
                    PrintableCase{"TerminalSequence", "\x1b[31mred\x07", "\\x1b[31mred\\x07"},
                    PrintableCase{"Zero", std::string("a\0b", 3), "a\\x00b"},
                    PrintableCase{"Delete", "\x7f", "\\x7f"},
                    PrintableCase{"C1Control",
                                  "\xc2\x9b"
                                  "31m",
                                  "\\u{9b}31m"},
                    PrintableCase{"NoUtf8", "\xff\xfe\xc3(", "\\xff\\xfe\\xc3("},
                    PrintableCase{"Overlong", "\xc0\x8a", "\\xc0\\x8a"},
                    PrintableCase{"RightToLeft",
                                  "a\xe2\x80\xae"
                                  "b",
                                  "a\\u{202e}b"},
                    PrintableCase{"ZeroWidth",
                                  "a\xe2\x80\x8b"
                                  "b",
                                  "a\\u{200b}b"},
                    PrintableCase{"LineSeparator", "\xe2\x80\xa8", "\\u{2028}"},
                    PrintableCase{"Annotation", "\xef\xbf\xb9", "\\u{fff9}"},
                    PrintableCase{"Backslash", "\\x1b", "\\\\x1b"}),
    [](const auto& param) { return param.param.name; });

TEST(PrintableLengthTest, IsCutAtSoManyBytesButNeverInACharacter) {
  EXPECT_EQ(Printable("12345", 5), "12345");
  EXPECT_EQ(Printable("123456", 5), "12345...");
  EXPECT_EQ(Printable("1234\xc3\xbc", 5), "1234...");
  EXPECT_EQ(Printable("1234\n", 5), "1234...");
  EXPECT_EQ(Printable(std::string(1000, 'x')).size(), kMaxPrintable + 3);
}

}  // namespace
}  // namespace ball
