// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/text_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace ball {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

class TextFileTest : public testing::Test {
 protected:
  TextFileTest() {
    std::string name = (fs::temp_directory_path() / "gst-ball-text-XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  ~TextFileTest() override { fs::remove_all(directory_); }

  std::string FileOf(const std::string& text) const {
    std::ofstream(directory_ + "/file", std::ios::binary) << text;
    return directory_ + "/file";
  }

  std::string directory_;
};

TEST_F(TextFileTest, IsReadAsItIs) {
  const std::string text = std::string(10000, 'x') + "\r\n\0y";
  EXPECT_EQ(ReadTextFile(FileOf(text), 20000).text, text);
  EXPECT_EQ(ReadTextFile(FileOf(""), 20000).error, "");
}

TEST_F(TextFileTest, MayHaveItsGreatestLengthAndNoMore) {
  EXPECT_EQ(ReadTextFile(FileOf("12345"), 5).text, "12345");
  EXPECT_EQ(ReadTextFile(FileOf("123456"), 5).error, "it is longer than 5 bytes");
  EXPECT_NE(ReadTextFile("/dev/zero", 5).error, "");
}

TEST_F(TextFileTest, WhatCannotBeReadIsToldByTheSystemsName) {
  EXPECT_EQ(ReadTextFile(directory_ + "/none", 5).error, "No such file or directory");
  EXPECT_EQ(ReadTextFile(directory_, 5).error, "Is a directory");
  EXPECT_EQ(ReadTextFile("", 5).error, "No such file or directory");
}

TEST_F(TextFileTest, ATokenIsInItsFirstLine) {
  const TokenFile file = ReadTokenFile(FileOf(" secret \nother\n"));
  EXPECT_EQ(file.error, "");
  ASSERT_TRUE(file.token);
  EXPECT_TRUE(file.token->Matches("secret"));
}

TEST_F(TextFileTest, WhatIsNoTokenIsToldWithoutIt) {
  const TokenFile file = ReadTokenFile(FileOf(std::string(5000, 's') + "\n"));
  EXPECT_FALSE(file.token);
  EXPECT_THAT(file.error, AllOf(HasSubstr("it takes 1 to 4096 bytes"), Not(HasSubstr("sss"))));
  EXPECT_THAT(ReadTokenFile(directory_ + "/none").error,
              HasSubstr("/none (No such file or directory): give --token-file"));
}

}  // namespace
}  // namespace ball
