// SPDX-License-Identifier: LGPL-2.1-or-later
// Hundreds of clients join and leave, in good order and in every other way: nothing of them is
// left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <iostream>

#include "tests/process/programs.h"
#include "tests/process/report_reader.h"
#include "tests/run_until.h"
#include "tests/soak/environment.h"
#include "tests/soak/process_figures.h"

namespace ball {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;

constexpr int kAtOnce = 6;
// Seconds: those who mean to stream come to it.
constexpr const char* kStay = kSlowdown == 1 ? "0.8" : "4.0";
// GLib's and GStreamer's pools of threads keep some that idle.
constexpr size_t kPooledThreads = 4;
// A sanitizer keeps what was freed for a while.
constexpr size_t kKeptKib = kSlowdown == 1 ? 0 : 480 * 1024;
// With one arena for all threads the allocator gives back most of what is freed: what then comes
// with the second half of the cycles is what each of them left, and its line in the report.
constexpr size_t kFlatKib = 6 * 1024 + kKeptKib;
// Of the first half: as many sessions at once as there have not been before.
constexpr size_t kMoreAtOnceKib = 20 * 1024 + kKeptKib;

class CyclesTest : public ProgramTest {
 protected:
  std::unique_ptr<Server> StartServer() {
    return std::make_unique<Server>(
        Arguments{"--port", "0", "--max-sessions", "64", "--print", "none", "--idle-timeout", "3",
                  "--report", Path("report.json")},
        Variables({{"MALLOC_ARENA_MAX", "1"}}));
  }

  // So many clients, one behaviour after another.
  void Cycle(const Server& server, int joins) {
    const auto light =
        StartLightClient(server.port(), {"--behave", "all", "--clients", std::to_string(kAtOnce),
                                         "--stay", kStay, "--joins", std::to_string(joins)});
    EXPECT_EQ(light->AwaitExit(kSlowdown * seconds(60 + joins)), 0) << light->Errors();
  }

  // Clients that look for the ball and share memory with their locator; every other one is killed.
  void CycleClientApps(Server& server) {
    for (int i = 0; i < 4; ++i) {
      const auto client = StartClient(server.port(), {});
      EXPECT_NE(LocatorOf(*client), 0) << client->Errors() << server.Errors();
      clients_.push_back(client->pid());
      client->Signal(i % 2 == 0 ? SIGKILL : SIGINT);
      client->AwaitExit();
    }
  }

  bool IsEmptied(const Server& server) {
    return RunUntil(
        [&] {
          const auto check =
              Start(Program::kServer, {"--check=ready", "--port", std::to_string(server.port())});
          check->AwaitExit();
          return check->Output().find(" 0 of ") != std::string::npos;
        },
        kSlowdown * seconds(60));
  }

  // What it holds once it holds no more than that, or after a while.
  static ProcessFigures Settled(const Server& server, size_t descriptors, size_t threads) {
    ProcessFigures figures;
    RunUntil(
        [&] {
          figures = FiguresOf(server.pid());
          return figures.descriptors <= descriptors && figures.threads <= threads;
        },
        seconds(30));
    return figures;
  }

  std::vector<pid_t> clients_;
};

TEST_F(CyclesTest, LeaveDescriptorsThreadsSharedMemoryAndMemoryAsTheyWere) {
  const int cycles = static_cast<int>(NumberFromEnvironment("BALL_CYCLES", 60));
  const auto server = StartServer();
  // What is made once for all: each behaviour has been there.
  Cycle(*server, 18);
  ASSERT_TRUE(IsEmptied(*server));
  const ProcessFigures before = Settled(*server, 0, 0);
  Cycle(*server, cycles / 2);
  CycleClientApps(*server);
  ASSERT_TRUE(IsEmptied(*server));
  const ProcessFigures half = Settled(*server, before.descriptors, before.threads + kPooledThreads);
  Cycle(*server, cycles - cycles / 2);
  CycleClientApps(*server);
  ASSERT_TRUE(IsEmptied(*server));
  const ProcessFigures after =
      Settled(*server, before.descriptors, before.threads + kPooledThreads);
  std::cout << "before:             " << before << "\nafter " << cycles / 2 << " cycles:   " << half
            << "\nafter " << cycles << " cycles:   " << after << std::endl;
  EXPECT_LE(after.descriptors, before.descriptors);
  EXPECT_LE(after.threads, before.threads + kPooledThreads);
  EXPECT_LE(after.resident_kib, half.resident_kib + kFlatKib);
  EXPECT_LE(half.resident_kib, before.resident_kib + kMoreAtOnceKib);
  for (const pid_t client : clients_) EXPECT_THAT(SegmentsOf(client), IsEmpty());
  server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(ReportReader(Path("report.json")).Number("cut_off"), 0);
}

}  // namespace
}  // namespace ball
