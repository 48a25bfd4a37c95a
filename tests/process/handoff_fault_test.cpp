// SPDX-License-Identifier: LGPL-2.1-or-later
// The directory with the socket over which frames are handed to the locator is removed under a
// client that runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "tests/process/faults.h"

namespace ball {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class HandoffFaultTest : public FaultTest {
 protected:
  // Removed, and told.
  void RemoveDirectoryOf(Child& client) {
    std::filesystem::remove_all(runtime() + "/gst-ball");
    EXPECT_TRUE(client.AwaitError(
        " was removed: frames are located until the locator has to be started again"));
  }
};

TEST_F(HandoffFaultTest, RemovedDirectoryIsToldAndFramesAreLocatedWhileTheLocatorLives) {
  const auto server = StartReporting();
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(MatchingGoesOn(*server)) << client->Errors();
  RemoveDirectoryOf(*client);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(MatchingGoesOn(*server)) << client->Errors();
  ExpectEnds(*client, *server);
  EXPECT_THAT(client->Errors(), HasSubstr(" 0 locator restarts"));
  ExpectWholeReports();
}

TEST_F(HandoffFaultTest, RemovedDirectoryEndsTheClientInGoodOrderWithItsLocator) {
  const auto server = StartReporting({"--sessions", "1"});
  const auto client = StartClient(server->port(), {"--report", Path("score.json")});
  const pid_t locator = LocatorOf(*client);
  ASSERT_NE(locator, 0) << client->Errors();
  ASSERT_TRUE(MatchingGoesOn(*server));
  RemoveDirectoryOf(*client);
  kill(locator, SIGKILL);
  EXPECT_EQ(client->AwaitExit(), 1);
  EXPECT_THAT(
      Lines(client->Errors()).back(),
      StartsWith("client-app: no locator can be started again: the directory " + runtime()));
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_THAT(Handoffs(), IsEmpty());
  EXPECT_THAT(SegmentsOf(client->pid()), IsEmpty());
  ExpectWholeReports();
  EXPECT_EQ(Report().Text("sessions.0.ended"), "bye");
  ExpectBalance(ReportReader(Path("score.json")));
}

TEST_F(HandoffFaultTest, RemovedDirectoryIsMadeAgainWithTheNextSession) {
  const auto server = StartReporting();
  const auto client = StartClient(server->port(), {"--reconnect"});
  const pid_t locator = LocatorOf(*client);
  ASSERT_NE(locator, 0) << client->Errors();
  ASSERT_TRUE(MatchingGoesOn(*server));
  RemoveDirectoryOf(*client);
  kill(locator, SIGKILL);
  EXPECT_TRUE(client->AwaitError("trying again"));
  EXPECT_TRUE(server->AwaitOutput("session 2: "));
  EXPECT_TRUE(MatchingGoesOn(*server)) << client->Errors();
  ExpectEnds(*client, *server);
  ExpectWholeReports();
  EXPECT_EQ(Report().Size("sessions"), 2);
}

}  // namespace
}  // namespace ball
