// SPDX-License-Identifier: LGPL-2.1-or-later
// A system that gives no more threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <string>

#include "tests/process/faults.h"

namespace ball {
namespace {

using testing::HasSubstr;

using ThreadsTest = FaultTest;

// No memory for the stacks of so many threads: the limit of this process alone that acts on root,
// too.
void LimitAddressSpace(pid_t pid, rlim_t bytes_more) {
  rlim_t pages = 0;
  std::ifstream("/proc/" + std::to_string(pid) + "/statm") >> pages;
  rlimit limit = {};
  prlimit(pid, RLIMIT_AS, nullptr, &limit);
  limit.rlim_cur = pages == 0 ? limit.rlim_max : pages * 4096 + bytes_more;
  EXPECT_EQ(prlimit(pid, RLIMIT_AS, &limit, nullptr), 0);
}

TEST_F(ThreadsTest, ServerShortOfThreadsTurnsTheNewcomerAwayAndGoesOn) {
  const auto server = StartReporting();
  const auto first = StartClient(server->port(), {});
  ASSERT_TRUE(MatchingGoesOn(*server)) << first->Errors();
  rlimit before = {};
  prlimit(server->pid(), RLIMIT_AS, nullptr, &before);
  LimitAddressSpace(server->pid(), rlim_t{32} << 20);
  const auto second = StartClient(server->port(), {});
  EXPECT_EQ(second->AwaitExit(), 4);
  EXPECT_THAT(second->Errors(), HasSubstr("the server is short of threads: try again later"));
  EXPECT_TRUE(
      server->AwaitError("server-app: no room for one more session: this system gives no "
                         "more threads: raise its limit (ulimit -u, ulimit -v, a "
                         "container's pids limit), or give a lower --max-sessions"));
  EXPECT_TRUE(MatchingGoesOn(*server)) << first->Errors();
  prlimit(server->pid(), RLIMIT_AS, &before, nullptr);
  const auto third = StartClient(server->port(), {"--frames", "10"});
  EXPECT_EQ(third->AwaitExit(), 0) << third->Errors();
  ExpectEnds(*first, *server);
  ExpectWholeReports();
}

TEST_F(ThreadsTest, ClientWithoutThreadsSaysSo) {
  const auto server = StartServer({});
  // Stacks of a gigabyte, and room for three.
  Child client({"prlimit", "--stack=1073741824", "--as=4294967296", PathOf(Program::kClient),
                "--port", std::to_string(server->port()), "--display", "none"},
               Variables());
  EXPECT_EQ(client.AwaitExit(), 1);
  EXPECT_EQ(client.Errors(),
            "client-app: this system gives no more threads: raise its limit (ulimit -u, ulimit -v, "
            "a container's pids limit)\n");
}

}  // namespace
}  // namespace ball
