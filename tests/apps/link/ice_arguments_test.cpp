// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/ice_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "apps/link/command_line.h"

namespace ball {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Outcome {
  IceOptions options;
  std::string error;
};

// What a program makes of these arguments.
Outcome Parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "a-program");
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  int argc = static_cast<int>(arguments.size());
  char** argv = pointers.data();
  const IceArguments ice;
  const GOptionEntry none[] = {{}};
  EXPECT_FALSE(ParseCommandLine(&argc, &argv, {none, ice.entries()}, "Does this.", ""));
  Outcome outcome;
  outcome.error = ice.Read(&outcome.options);
  return outcome;
}

// A file in a directory of the test's own.
class TurnFile {
 public:
  explicit TurnFile(const std::string& text)
      : directory_(OwnedString(g_dir_make_tmp("gst-ball-turn-XXXXXX", nullptr)).get()) {
    std::ofstream(path(), std::ios::binary) << text;
  }
  ~TurnFile() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  TurnFile(const TurnFile&) = delete;
  TurnFile& operator=(const TurnFile&) = delete;

  std::string path() const { return directory_ + "/servers"; }

 private:
  std::string directory_;
};

TEST(IceArgumentsTest, WithoutArgumentsNothingIsRestricted) {
  const Outcome outcome = Parse({});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.options.address, "");
  EXPECT_FALSE(outcome.options.ports);
  EXPECT_FALSE(outcome.options.stun_server);
  EXPECT_THAT(outcome.options.turn_servers, IsEmpty());
  EXPECT_FALSE(outcome.options.relay_only);
}

TEST(IceArgumentsTest, ReadsEachOption) {
  const Outcome outcome =
      Parse({"--ice-address=10.0.0.1", "--ice-port-range=40000-40001", "--stun-server=host:1",
             "--turn-server=turn://a:b@one", "--turn-server=turn://c:d@two", "--relay-only"});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.options.address, "10.0.0.1");
  EXPECT_EQ(outcome.options.ports, (PortRange{40000, 40001}));
  EXPECT_EQ(outcome.options.stun_server, (HostPort{"host", 1}));
  ASSERT_EQ(outcome.options.turn_servers.size(), 2U);
  EXPECT_EQ(outcome.options.turn_servers[1].server.host, "two");
  EXPECT_TRUE(outcome.options.relay_only);
}

TEST(IceArgumentsTest, ReadsTurnServersOfAFile) {
  const TurnFile file("# ours\n\n  turn://a:b@one \r\nturn://c:%23d@two?transport=tcp");
  const Outcome outcome = Parse({"--turn-server=@" + file.path()});
  EXPECT_EQ(outcome.error, "");
  ASSERT_EQ(outcome.options.turn_servers.size(), 2U);
  EXPECT_EQ(outcome.options.turn_servers[0].server.host, "one");
  EXPECT_EQ(outcome.options.turn_servers[1].password, "#d");
}

TEST(IceArgumentsTest, WrongLineOfAFileIsNamedWithoutThePassword) {
  const TurnFile file("turn://a:S3cret@one\nturn://a:S3cret@two:0\n");
  const Outcome outcome = Parse({"--turn-server=@" + file.path()});
  EXPECT_THAT(outcome.error, HasSubstr(file.path() + ", line 2"));
  EXPECT_THAT(outcome.error, Not(HasSubstr("S3cret")));
}

TEST(IceArgumentsTest, FileThatCannotServeIsAnError) {
  EXPECT_THAT(Parse({"--turn-server=@/does/not/exist"}).error, HasSubstr("cannot be read"));
  EXPECT_THAT(Parse({"--turn-server=@/"}).error, HasSubstr("cannot be read"));
  EXPECT_THAT(Parse({"--turn-server=@/dev/zero"}).error, HasSubstr("too long"));
  const TurnFile empty("# nothing\n");
  EXPECT_THAT(Parse({"--turn-server=@" + empty.path()}).error, HasSubstr("names no TURN server"));
}

TEST(IceArgumentsTest, WhatCannotBeUsedIsSaidWithTheOption) {
  EXPECT_THAT(Parse({"--ice-address=localhost"}).error, HasSubstr("--ice-address takes"));
  EXPECT_THAT(Parse({"--ice-port-range=5-4"}).error, HasSubstr("--ice-port-range takes MIN-MAX"));
  EXPECT_THAT(Parse({"--stun-server=stun:host"}).error, HasSubstr("--stun-server takes"));
  EXPECT_THAT(Parse({"--turn-server=host"}).error, HasSubstr("--turn-server takes turn://"));
  EXPECT_THAT(Parse({"--relay-only"}).error, HasSubstr("--relay-only needs a --turn-server"));
}

}  // namespace
}  // namespace ball
