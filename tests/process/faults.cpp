// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/process/faults.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace ball {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Arguments FaultTest::Reporting(const Arguments& more) const {
  return Concatenated(
      {"--print", "each", "--report", Path("report.json"), "--csv", Path("frames.csv")}, more);
}

bool FaultTest::MatchingGoesOn(Server& server) {
  server.SkipLines(Child::Stream::kOutput);
  bool matched = true;
  for (int i = 0; i < 10 && matched; ++i) matched = server.AwaitOutput(" matched").has_value();
  return matched;
}

void FaultTest::ExpectEnds(Child& client, Server& server) {
  client.Signal(SIGINT);
  EXPECT_EQ(client.AwaitExit(), 0) << client.Errors();
  server.Signal(SIGTERM);
  EXPECT_EQ(server.AwaitExit(), 0) << server.Errors();
}

void WriteScript(const std::string& path, const std::string& text) {
  std::ofstream(path) << "#!/bin/sh\n" << text;
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void StopFor(milliseconds time, const std::vector<pid_t>& pids) {
  for (const pid_t pid : pids) kill(pid, SIGSTOP);
  const auto until = steady_clock::now() + time;
  EXPECT_TRUE(AwaitTrue([&] { return steady_clock::now() > until; }));
  for (const pid_t pid : pids) kill(pid, SIGCONT);
}

bool AwaitTrue(const std::function<bool()>& condition) {
  const auto limit = steady_clock::now() + kPatience;
  while (!condition()) {
    if (steady_clock::now() > limit) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

}  // namespace ball
