// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/visitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "apps/link/signalling_server.h"
#include "tests/apps/link/raw_peer.h"
#include "tests/run_until.h"

namespace ball {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

// What comes of a visitor whose patience ends before the main loop has its turn, and who sent that
// before.
std::vector<std::string> WhatComesOfLate(const std::string& sent) {
  constexpr milliseconds kPatience{1};
  SignallingServer server;
  std::unique_ptr<SignallingConnection> connection;
  EXPECT_EQ(server.Listen("127.0.0.1", 0, [&](auto accepted) { connection = std::move(accepted); }),
            "");
  RawPeer peer(server.port());
  EXPECT_TRUE(RunUntil([&] { return connection != nullptr; }));
  std::vector<std::string> came;
  const Visitor visitor(std::move(connection), kPatience,
                        {[&](Visitor&, const SignallingMessage&) { came.emplace_back("message"); },
                         [&](Visitor&) { came.emplace_back("silent"); },
                         [&](Visitor&, const std::string& reason) { came.push_back(reason); }});
  EXPECT_TRUE(peer.Write(sent));
  std::this_thread::sleep_for(2 * kPatience);
  EXPECT_TRUE(RunUntil([&] { return !came.empty(); }));
  return came;
}

TEST(VisitorTest, IsSilentWhereNothingComes) {
  EXPECT_THAT(WhatComesOfLate(""), ElementsAre("silent"));
}

TEST(VisitorTest, WhoSpokeWhileThisProcessHadNoTurnWasNotSilent) {
  EXPECT_THAT(WhatComesOfLate("{\"type\": \"bye\"}\n"), ElementsAre("message"));
}

TEST(VisitorTest, HalfALineIsSilence) {
  EXPECT_THAT(WhatComesOfLate("{\"type\": "), ElementsAre("silent"));
}

}  // namespace
}  // namespace ball
