// SPDX-License-Identifier: LGPL-2.1-or-later
// Servers, clients and locators that are stopped for a moment, again and again, and then have many
// frames at once: each loop goes on.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "tests/process/faults.h"
#include "tests/soak/environment.h"

namespace ball {
namespace {

using std::chrono::milliseconds;

constexpr int kLoops = kSlowdown == 1 ? 4 : 1;
constexpr int kShortest = 50;   // ms
constexpr int kLongest = 1500;  // ms

struct Loop {
  std::unique_ptr<Server> server;
  std::unique_ptr<Child> client;
};

class StopsTest : public FaultTest {
 protected:
  std::vector<Loop> StartLoops() {
    std::vector<Loop> loops;
    for (int i = 0; i < kLoops; ++i) {
      auto server = StartServer({"--print", "each"});
      auto client = StartClient(server->port(), {});
      loops.push_back({std::move(server), std::move(client)});
    }
    return loops;
  }

  // The client most of the time: whatever waits for it comes at once.
  pid_t ChooseOf(const Loop& loop) {
    switch (Draw(0, 3)) {
      case 0:
        return loop.server->pid();
      case 1:
        return LocatorNowOf(*loop.client);
      default:
        return loop.client->pid();
    }
  }

  void StopForAMoment(const std::vector<Loop>& loops) {
    std::vector<pid_t> chosen;
    for (const Loop& loop : loops) chosen.push_back(ChooseOf(loop));
    StopFor(milliseconds(Draw(kShortest, kLongest)), chosen);
  }

 private:
  // One that was stopped for too long is being replaced: then it is the client.
  static pid_t LocatorNowOf(const Child& client) {
    const std::vector<pid_t> children = ChildrenOf(client.pid());
    return children.size() == 1 ? children.front() : client.pid();
  }

  int Draw(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }

  std::mt19937 random_{1};
};

TEST_F(StopsTest, ForAMomentEndNoLoop) {
  const auto rounds = static_cast<int>(NumberFromEnvironment("BALL_STOPS", 5));
  const std::vector<Loop> loops = StartLoops();
  for (int round = 0; round < rounds; ++round) {
    for (const Loop& loop : loops) {
      ASSERT_TRUE(MatchingGoesOn(*loop.server))
          << "round " << round << ": " << loop.client->Errors();
    }
    StopForAMoment(loops);
  }
  for (const Loop& loop : loops) {
    EXPECT_TRUE(MatchingGoesOn(*loop.server)) << loop.client->Errors();
    ExpectEnds(*loop.client, *loop.server);
  }
}

}  // namespace
}  // namespace ball
