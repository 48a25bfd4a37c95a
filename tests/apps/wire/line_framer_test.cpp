// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/line_framer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ball {
namespace {

std::vector<std::string> Lines(LineFramer& framer) {
  std::vector<std::string> lines;
  while (auto line = framer.Next()) {
    lines.push_back(*line);
  }
  return lines;
}

using Strings = std::vector<std::string>;

TEST(LineFramerTest, TakesOffLfAndCrLf) {
  LineFramer framer(100);
  EXPECT_TRUE(framer.Feed("one\ntwo\r\n\n\r\nth\rree\n"));
  EXPECT_EQ(Lines(framer), (Strings{"one", "two", "", "", "th\rree"}));
}

TEST(LineFramerTest, JoinsALineThatComesByteByByte) {
  LineFramer framer(3);
  for (const char c : std::string("abc\r\nd\n")) {
    EXPECT_TRUE(framer.Feed(std::string(1, c)));
  }
  EXPECT_EQ(Lines(framer), (Strings{"abc", "d"}));
}

TEST(LineFramerTest, HasNoLineBeforeItsEnd) {
  LineFramer framer(100);
  EXPECT_TRUE(framer.Feed(""));
  EXPECT_TRUE(framer.Feed("abc"));
  EXPECT_EQ(framer.Next(), std::nullopt);
  EXPECT_TRUE(framer.Feed("\nx"));
  EXPECT_EQ(framer.Next(), "abc");
  EXPECT_EQ(framer.Next(), std::nullopt);
}

TEST(LineFramerTest, KeepsBytesAsTheyAre) {
  LineFramer framer(100);
  framer.Feed(std::string("a\0\xff\n", 4));
  EXPECT_EQ(framer.Next(), std::string("a\0\xff", 3));
}

TEST(LineFramerTest, TakesALineOfExactlyTheLimit) {
  LineFramer framer(4);
  EXPECT_TRUE(framer.Feed("abcd\r\nabcd\n"));
  EXPECT_EQ(Lines(framer), (Strings{"abcd", "abcd"}));
}

TEST(LineFramerTest, FailsForGoodOnceALineIsTooLong) {
  LineFramer framer(4);
  EXPECT_FALSE(framer.Feed("ok\nabcde\nok\n"));
  EXPECT_FALSE(framer.Feed("ok\n"));
  EXPECT_FALSE(framer.Feed(""));
  EXPECT_EQ(Lines(framer), Strings{"ok"});
}

TEST(LineFramerTest, FailsBeforeTheEndOfALineThatIsTooLong) {
  LineFramer framer(4);
  EXPECT_TRUE(framer.Feed("abcd"));
  EXPECT_TRUE(framer.Feed("\r"));
  EXPECT_FALSE(framer.Feed("e"));
}

TEST(LineFramerTest, CountsACarriageReturnInsideALine) {
  LineFramer framer(4);
  EXPECT_FALSE(framer.Feed("abcd\r\r\n"));
}

TEST(LineFramerTest, FailsWhenNobodyTakesTheLines) {
  LineFramer framer(1024);
  const std::string line = std::string(1023, 'x') + "\n";
  size_t lines = 0;
  while (framer.Feed(line) && lines < 10'000) {
    ++lines;
  }
  EXPECT_GE(lines, LineFramer::kMaxBacklog);
  EXPECT_LT(lines, 10'000U);
}

TEST(LineFramerTest, FailsWhenNobodyTakesEmptyLines) {
  LineFramer framer(16);
  const std::string ends(size_t{64} * 1024, '\n');
  size_t reads = 0;
  while (framer.Feed(ends) && reads < 1000) {
    ++reads;
  }
  EXPECT_LT(reads, 1000U);
}

TEST(LineFramerTest, GoesOnForeverWhileOneLineIsAlwaysLeft) {
  LineFramer framer(1024);
  const std::string line = std::string(1000, 'x') + "\n";
  framer.Feed(line);
  for (int i = 0; i < 5000; ++i) {
    ASSERT_TRUE(framer.Feed(line));
    ASSERT_TRUE(framer.Next());
  }
}

}  // namespace
}  // namespace ball
