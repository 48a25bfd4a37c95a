// SPDX-License-Identifier: LGPL-2.1-or-later
// A disk that is full, and a program that is killed, while report and CSV are written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>

#include "tests/process/faults.h"
#include "tests/process/small_disk.h"

namespace ball {
namespace {

using testing::HasSubstr;

class DiskFullTest : public FaultTest {
 protected:
  void SetUp() override { ASSERT_TRUE(disk_.mounted()); }

  std::string OnDisk(const std::string& name) const { return Path("disk/" + name); }
  static std::string Told(const std::string& path) {
    return "cannot write " + path +
           " (No space left on device): make room there, or give a file on another disk\n";
  }
  const SmallDisk& disk() const { return disk_; }

 private:
  SmallDisk disk_{Path("disk"), 1024 * 1024};
};

TEST_F(DiskFullTest, ReportIsToldAndTheOneBeforeItStays) {
  std::ofstream(OnDisk("report.json")) << "earlier";
  const auto server = StartServer({"--report", OnDisk("report.json")});
  const auto client = StartClient(server->port(), {"--frames", "20"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  disk().Fill();
  server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 1);
  EXPECT_EQ(server->Errors(), "server-app: " + Told(OnDisk("report.json")));
  EXPECT_EQ(Contents(OnDisk("report.json")), "earlier");
  EXPECT_EQ(disk().Files(), 1) << "something is left";
}

// Its sessions go on, and the report, which lies elsewhere, is whole.
TEST_F(DiskFullTest, CsvIsToldAtOnceAndTheSessionGoesOn) {
  std::ofstream(OnDisk("frames.csv")) << "earlier";
  const auto server = StartServer(
      {"--print", "each", "--report", Path("report.json"), "--csv", OnDisk("frames.csv")});
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(server->AwaitOutput(" matched"));
  disk().Fill();
  EXPECT_TRUE(server->AwaitError(Path("disk/frames.csv")));
  EXPECT_EQ(disk().Files(), 1) << "something is left";
  EXPECT_TRUE(MatchingGoesOn(*server));
  client->Signal(SIGINT);
  EXPECT_EQ(client->AwaitExit(), 0);
  server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 1);
  EXPECT_EQ(server->Errors(), "server-app: " + Told(OnDisk("frames.csv")));
  EXPECT_EQ(Contents(OnDisk("frames.csv")), "earlier");
  ExpectBalance(Report());
}

TEST_F(DiskFullTest, CsvIsToldAtTheStart) {
  disk().Fill();
  const auto server = Start(Program::kServer, {"--port", "0", "--csv", OnDisk("frames.csv")});
  EXPECT_EQ(server->AwaitExit(), 1);
  EXPECT_EQ(server->Errors(), "server-app: " + Told(OnDisk("frames.csv")));
  EXPECT_EQ(disk().Files(), 0) << "something is left";
}

TEST_F(DiskFullTest, ClientsReportIsToldAndTheOneBeforeItStays) {
  std::ofstream(OnDisk("score.json")) << "earlier";
  const auto server = StartReporting({"--sessions", "1"});
  const auto client = StartClient(server->port(), {"--report", OnDisk("score.json")});
  ASSERT_TRUE(server->AwaitOutput(" matched"));
  disk().Fill();
  client->Signal(SIGINT);
  EXPECT_EQ(client->AwaitExit(), 1);
  EXPECT_THAT(client->Errors(), HasSubstr("client-app: " + Told(OnDisk("score.json"))));
  EXPECT_EQ(Contents(OnDisk("score.json")), "earlier");
  EXPECT_EQ(disk().Files(), 1) << "something is left";
  EXPECT_EQ(server->AwaitExit(), 0);
  ExpectWholeReports();
}

// What happens in a directory, as the kernel tells it.
class Watch {
 public:
  explicit Watch(const std::string& directory) : events_(inotify_init1(IN_CLOEXEC)) {
    inotify_add_watch(events_.number(), directory.c_str(), IN_CREATE | IN_MODIFY | IN_MOVED_TO);
  }
  void AwaitAny() const {
    std::array<char, 4096> events;
    EXPECT_GT(read(events_.number(), events.data(), events.size()), 0);
  }

 private:
  File events_;
};

using KilledWriterTest = FaultTest;

// Killed as soon as it has touched any file: half a report would now stand under its name.
TEST_F(KilledWriterTest, LeavesTheReportBeforeOrAWholeOne) {
  for (int i = 0; i < 5; ++i) {
    std::ofstream(Path("report.json")) << "{\"schema\":\"earlier\"}";
    const auto server = StartServer({"--report", Path("report.json")});
    const auto client = StartClient(server->port(), {"--frames", "5"});
    EXPECT_EQ(client->AwaitExit(), 0);
    const Watch watch(runtime());
    server->Signal(SIGTERM);
    watch.AwaitAny();
    server->Signal(SIGKILL);
    server->AwaitExit();
    const ReportReader report = Report();
    ASSERT_TRUE(report.valid()) << Contents(Path("report.json"));
    if (report.Text("schema") != "earlier") ExpectBalance(report);
  }
}

// The lines so far are not lost, but nobody takes them for all of them.
TEST_F(KilledWriterTest, LeavesTheCsvBefore) {
  std::ofstream(Path("frames.csv")) << "earlier";
  const auto server = StartReporting();
  const auto client = StartClient(server->port(), {});
  const std::string lines = Path("frames.csv.tmp" + std::to_string(server->pid()));
  EXPECT_TRUE(AwaitTrue([&] { return Lines(Contents(lines)).size() > 10; }));
  server->Signal(SIGKILL);
  EXPECT_EQ(server->AwaitExit(), 128 + SIGKILL);
  EXPECT_EQ(Contents(Path("frames.csv")), "earlier");
  client->Signal(SIGINT);
  EXPECT_EQ(client->AwaitExit(), 0);
}

// A storm of signals while everything is written.
TEST_F(KilledWriterTest, ManySignalsDoNotHarmTheReports) {
  const auto server = StartReporting();
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(server->AwaitOutput(" matched"));
  while (server->running()) server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 0);
  ExpectWholeReports();
  client->AwaitExit();
}

TEST_F(KilledWriterTest, ServerThatCannotListenLeavesTheReportOfTheOneThatDoes) {
  const auto server = StartReporting();
  std::ofstream(Path("report.json")) << "earlier";
  const auto second =
      Start(Program::kServer, Reporting({"--port", std::to_string(server->port())}));
  EXPECT_EQ(second->AwaitExit(), 3);
  EXPECT_EQ(Contents(Path("report.json")), "earlier");
  EXPECT_EQ(Contents(Path("frames.csv")), "");
}

}  // namespace
}  // namespace ball
