// SPDX-License-Identifier: LGPL-2.1-or-later
// Shared memory that is full, or that somebody removes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <csignal>
#include <filesystem>

#include "tests/process/faults.h"
#include "tests/process/small_disk.h"

namespace ball {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kFull[] =
    "no room for frames in shared memory (No space left on device): make 1.9 MB free in /dev/shm, "
    "or make that larger";

// Nobody else's shared memory: the process is in a mount namespace of its own.
class SharedMemoryFaultTest : public FaultTest {
 protected:
  void SetUp() override { ASSERT_TRUE(memory_.mounted()); }

  void RemoveSegmentsOf(pid_t pid) const {
    const auto names = SegmentsOf(pid);
    EXPECT_THAT(names, Not(IsEmpty()));
    for (const std::string& name : names) std::filesystem::remove("/dev/shm/" + name);
  }

  const SmallDisk& memory() const { return memory_; }

 private:
  SmallDisk memory_{"/dev/shm", 8 * 1024 * 1024};
};

TEST_F(SharedMemoryFaultTest, FullAtFirstIsToldAndFramesAreLocatedOnceThereIsRoom) {
  memory().Fill(256 * 1024);
  const auto server = StartReporting({"--late-after", "500"});
  const auto client = StartClient(server->port(), {});
  EXPECT_TRUE(client->AwaitError(std::string("client-app: ") + kFull + "; waiting for it"));
  memory().Free();
  EXPECT_TRUE(client->AwaitError("client-app: there is room in shared memory again"));
  EXPECT_TRUE(MatchingGoesOn(*server));
  ExpectEnds(*client, *server);
  ExpectWholeReports();
  // What there was no room for is accounted for.
  EXPECT_GE(Frames("lost"), 1);
}

TEST_F(SharedMemoryFaultTest, FullForGoodEndsTheClientInGoodOrder) {
  memory().Fill();
  const auto server = StartReporting({"--sessions", "1"});
  const auto client = StartClient(server->port(), {"--report", Path("score.json")});
  EXPECT_EQ(client->AwaitExit(), 1);
  EXPECT_EQ(Lines(client->Errors()).back(), std::string("client-app: ") + kFull);
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_THAT(Handoffs(), IsEmpty());
  ExpectWholeReports();
  EXPECT_EQ(Report().Text("sessions.0.ended"), "bye");
  EXPECT_EQ(Frames("lost"), Frames("sent"));
  ExpectBalance(ReportReader(Path("score.json")));
}

// What was reserved stays ours.
TEST_F(SharedMemoryFaultTest, FilledByOthersLaterHarmsNobody) {
  const auto server = StartReporting();
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(server->AwaitOutput(" matched"));
  memory().Fill();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(MatchingGoesOn(*server));
  ExpectEnds(*client, *server);
  EXPECT_THAT(client->Errors(), HasSubstr(" 0 locator restarts"));
  ExpectWholeReports();
}

TEST_F(SharedMemoryFaultTest, RemovedSegmentIsMadeAgainEachTime) {
  const auto server = StartReporting();
  const auto client = StartClient(server->port(), {});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(MatchingGoesOn(*server)) << client->Errors();
    RemoveSegmentsOf(client->pid());
    EXPECT_TRUE(client->AwaitError("the shared memory was removed: it is made again"));
  }
  EXPECT_TRUE(MatchingGoesOn(*server)) << client->Errors();
  EXPECT_EQ(SegmentsOf(client->pid()).size(), 1);
  ExpectEnds(*client, *server);
  EXPECT_THAT(SegmentsOf(client->pid()), IsEmpty());
  ExpectWholeReports();
}

// The next locator could not open it.
TEST_F(SharedMemoryFaultTest, RemovedSegmentTogetherWithTheLocatorIsMadeAgain) {
  const auto server = StartReporting();
  const auto client = StartClient(server->port(), {});
  const pid_t locator = LocatorOf(*client);
  ASSERT_NE(locator, 0);
  ASSERT_TRUE(MatchingGoesOn(*server));
  RemoveSegmentsOf(client->pid());
  kill(locator, SIGKILL);
  EXPECT_TRUE(client->AwaitError("started again"));
  EXPECT_TRUE(MatchingGoesOn(*server)) << client->Errors();
  ExpectEnds(*client, *server);
  ExpectWholeReports();
}

TEST_F(SharedMemoryFaultTest, ReadOnlyIsToldWithWhatToDo) {
  ASSERT_EQ(mount("", "/dev/shm", "", MS_REMOUNT | MS_RDONLY, nullptr), 0);
  const auto server = StartServer({});
  const auto client = StartClient(server->port(), {});
  EXPECT_EQ(client->AwaitExit(), 1);
  EXPECT_THAT(client->Errors(), HasSubstr("check that you can write to /dev/shm"));
}

}  // namespace
}  // namespace ball
