// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/main_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "tests/run_until.h"

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST(MainLoopTest, RunsUntilItIsQuit) {
  MainLoop loop;
  Mailbox mailbox;
  int runs = 0;
  mailbox.Post([&] {
    ++runs;
    loop.Quit();
  });
  loop.Run();
  EXPECT_EQ(runs, 1);
}

TEST(MailboxTest, RunsTasksInOrderOnTheMainThread) {
  Mailbox mailbox;
  std::vector<int> order;
  std::thread::id runner;
  std::thread poster([&] {
    for (int i = 0; i < 100; ++i) mailbox.Post([&, i] { order.push_back(i); });
    mailbox.Post([&] { runner = std::this_thread::get_id(); });
  });
  poster.join();
  EXPECT_TRUE(order.empty());
  RunPending();
  ASSERT_EQ(order.size(), 100U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(runner, std::this_thread::get_id());
}

TEST(MailboxTest, LosesNothingThatManyThreadsPostWhileItRuns) {
  constexpr int kThreads = 8;
  constexpr int kTasks = 2000;
  Mailbox mailbox;
  std::vector<int> last(kThreads, -1);
  bool ordered = true;
  int runs = 0;
  std::vector<std::thread> posters;
  for (int thread = 0; thread < kThreads; ++thread) {
    posters.emplace_back([&, thread] {
      for (int i = 0; i < kTasks; ++i) {
        mailbox.Post([&, thread, i] {
          ordered = ordered && std::exchange(last[thread], i) == i - 1;
          ++runs;
        });
      }
    });
  }
  EXPECT_TRUE(RunUntil([&] { return runs == kThreads * kTasks; }));
  for (std::thread& poster : posters) poster.join();
  EXPECT_TRUE(ordered);
}

TEST(MailboxTest, WakesASleepingMainLoop) {
  MainLoop loop;
  Mailbox mailbox;
  // Would end the test, and fail it, if the post did not.
  bool timed_out = false;
  Timer limit;
  limit.Once(std::chrono::seconds(20), [&] {
    timed_out = true;
    loop.Quit();
  });
  std::thread poster([&] { mailbox.Post([&] { loop.Quit(); }); });
  loop.Run();
  poster.join();
  EXPECT_FALSE(timed_out);
}

TEST(MailboxTest, RunsWhatATaskPosts) {
  Mailbox mailbox;
  int runs = 0;
  mailbox.Post([&] {
    ++runs;
    mailbox.Post([&] { ++runs; });
  });
  RunPending();
  EXPECT_EQ(runs, 2);
}

TEST(MailboxTest, DropsWhatWaitsAndWhatIsPostedOnceClosed) {
  Mailbox mailbox;
  const auto owned = std::make_shared<int>(0);
  int runs = 0;
  mailbox.Post([&, owned] { ++runs; });
  mailbox.Close();
  mailbox.Post([&, owned] { ++runs; });
  RunPending();
  EXPECT_EQ(runs, 0);
  // A dropped task lets go of what it holds.
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(MailboxTest, MayBeClosedTwiceAndInATask) {
  Mailbox mailbox;
  int runs = 0;
  mailbox.Post([&] {
    ++runs;
    mailbox.Close();
    mailbox.Close();
  });
  mailbox.Post([&] { ++runs; });
  RunPending();
  EXPECT_EQ(runs, 1);
}

TEST(MailboxTest, MayBeDestroyedInATask) {
  auto mailbox = std::make_unique<Mailbox>();
  int runs = 0;
  mailbox->Post([&] {
    ++runs;
    mailbox.reset();
  });
  mailbox->Post([&] { ++runs; });
  RunPending();
  EXPECT_EQ(runs, 1);
}

TEST(MailboxTest, MayBeClosedWhileOthersPost) {
  std::atomic<bool> closed = false;
  std::atomic<int> late = 0;
  Mailbox mailbox;
  std::thread poster([&] {
    for (int i = 0; i < 20000; ++i) {
      mailbox.Post([&] {
        if (closed) ++late;
      });
    }
  });
  RunPending();
  mailbox.Close();
  closed = true;
  poster.join();
  RunPending();
  EXPECT_EQ(late, 0);
}

TEST(MailboxTest, MayBeDestroyedByAnotherThreadOnceClosed) {
  auto mailbox = std::make_unique<Mailbox>();
  int runs = 0;
  mailbox->Post([&] { ++runs; });
  mailbox->Close();
  std::thread([&] { mailbox.reset(); }).join();
  RunPending();
  EXPECT_EQ(runs, 0);
}

TEST(TimerTest, CallsBackOnceAfterItsTime) {
  Timer timer;
  int calls = 0;
  const auto start = steady_clock::now();
  timer.Once(milliseconds(20), [&] { ++calls; });
  EXPECT_TRUE(timer.running());
  ASSERT_TRUE(RunUntil([&] { return calls == 1; }));
  EXPECT_GE(steady_clock::now() - start, milliseconds(19));
  EXPECT_FALSE(timer.running());
}

TEST(TimerTest, CallsBackAgainAndAgainUntilStopped) {
  Timer timer;
  int calls = 0;
  timer.Every(milliseconds(1), [&] {
    if (++calls == 3) timer.Stop();
  });
  ASSERT_TRUE(RunUntil([&] { return calls == 3; }));
  EXPECT_FALSE(timer.running());
  EXPECT_FALSE(RunUntil([&] { return calls > 3; }, milliseconds(20)));
}

TEST(TimerTest, TreatsANegativeTimeAsAtOnce) {
  Timer timer;
  int calls = 0;
  timer.Once(milliseconds(-5), [&] { ++calls; });
  EXPECT_TRUE(RunUntil([&] { return calls == 1; }));
}

TEST(TimerTest, MayBeRestartedInItsCallback) {
  Timer timer;
  int first = 0;
  int second = 0;
  timer.Once(milliseconds(0), [&] {
    ++first;
    timer.Once(milliseconds(0), [&] { ++second; });
    EXPECT_TRUE(timer.running());
  });
  EXPECT_TRUE(RunUntil([&] { return second == 1; }));
  EXPECT_EQ(first, 1);
  EXPECT_FALSE(timer.running());
}

TEST(TimerTest, MayBeRestartedFromARepeatedCallback) {
  Timer timer;
  int first = 0;
  int second = 0;
  timer.Every(milliseconds(1), [&] {
    ++first;
    timer.Every(milliseconds(1), [&] { ++second; });
  });
  EXPECT_TRUE(RunUntil([&] { return second >= 3; }));
  EXPECT_EQ(first, 1);
}

TEST(TimerTest, MayBeDestroyedInItsCallback) {
  for (const bool again : {false, true}) {
    auto timer = std::make_unique<Timer>();
    // What the callback holds must live until it returns.
    const auto held = std::make_shared<int>(0);
    int calls = 0;
    const auto destroy = [&, held] {
      timer.reset();
      ++*held;
      ++calls;
    };
    again ? timer->Every(milliseconds(0), destroy) : timer->Once(milliseconds(0), destroy);
    EXPECT_TRUE(RunUntil([&] { return calls == 1; }));
    RunPending();
    EXPECT_EQ(*held, 1);
  }
}

TEST(TimerTest, IsForgottenWhenDestroyedOrReplaced) {
  int calls = 0;
  int replaced = 0;
  Timer timer;
  timer.Once(milliseconds(0), [&] { ++replaced; });
  timer.Once(milliseconds(0), [&] { ++calls; });
  {
    Timer gone;
    gone.Once(milliseconds(0), [&] { ++replaced; });
  }
  EXPECT_TRUE(RunUntil([&] { return calls == 1; }));
  RunPending();
  EXPECT_EQ(replaced, 0);
}

class StopSignalsTest : public testing::TestWithParam<int> {
 protected:
  static void SetUpTestSuite() {
    // This process may have been started by nohup.
    const auto before = std::signal(SIGHUP, SIG_DFL);
    if (before != SIG_IGN) std::signal(SIGHUP, before);
  }
};

TEST_P(StopSignalsTest, CallsBackForEach) {
  int calls = 0;
  const StopSignals signals([&] { ++calls; });
  std::raise(GetParam());
  EXPECT_TRUE(RunUntil([&] { return calls == 1; }));
  std::raise(GetParam());
  EXPECT_TRUE(RunUntil([&] { return calls == 2; }));
}

// The process, and so the test, lives on.
TEST_P(StopSignalsTest, WhatComesLateDoesNothing) {
  int calls = 0;
  {
    const StopSignals signals([&] { ++calls; });
  }
  std::raise(GetParam());
  RunPending();
  EXPECT_EQ(calls, 0);
}

INSTANTIATE_TEST_SUITE_P(All, StopSignalsTest, testing::ValuesIn(kStopSignals));

// In a process of its own: GLib sets what a signal does once.
TEST(StopSignalsDeathTest, WhatNohupIgnoresStaysIgnored) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        std::signal(SIGHUP, SIG_IGN);
        const StopSignals signals([] {});
        std::_Exit(std::signal(SIGHUP, SIG_DFL) == SIG_IGN ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace ball
