// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/held_clock.h"

#include <gst/gst.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "apps/link/glib_ptr.h"
#include "tests/run_until.h"

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A timer of the system clock that is due at once.
class DueTimer {
 public:
  DueTimer() {
    const auto clock = Ref<GstClock>::adopt(gst_system_clock_obtain());
    id_ = gst_clock_new_single_shot_id(clock.get(), gst_clock_get_time(clock.get()));
    gst_clock_id_wait_async(id_, Run, &ran_, nullptr);
  }
  ~DueTimer() {
    gst_clock_id_unschedule(id_);
    gst_clock_id_unref(id_);
  }
  DueTimer(const DueTimer&) = delete;
  DueTimer& operator=(const DueTimer&) = delete;

  bool ran() const { return ran_; }

 private:
  static gboolean Run(GstClock*, GstClockTime, GstClockID, gpointer ran) {
    *static_cast<std::atomic<bool>*>(ran) = true;
    return TRUE;
  }

  std::atomic<bool> ran_ = false;
  GstClockID id_ = nullptr;
};

TEST(HeldClockTest, NoTimerRunsWhileItIsHeld) {
  std::optional<HeldClock> hold(std::in_place, seconds(60));
  ASSERT_TRUE(hold->held());
  const DueTimer timer;
  EXPECT_FALSE(RunUntil([&] { return timer.ran(); }, milliseconds(200)));
  hold.reset();
  EXPECT_TRUE(RunUntil([&] { return timer.ran(); }));
}

TEST(HeldClockTest, TimersRunBehindTheLimit) {
  const HeldClock hold(milliseconds(50));
  const DueTimer timer;
  EXPECT_TRUE(RunUntil([&] { return timer.ran(); }));
}

TEST(HeldClockTest, GivesUpWhereAnotherHoldsItForLonger) {
  const HeldClock first(seconds(60));
  ASSERT_TRUE(first.held());
  const HeldClock second(milliseconds(50));
  EXPECT_FALSE(second.held());
}

TEST(HeldClockTest, ManyHoldItOneAfterTheOther) {
  std::atomic<int> holders = 0;
  std::atomic<int> times = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const HeldClock hold(seconds(60));
      EXPECT_TRUE(hold.held());
      EXPECT_EQ(++holders, 1);
      --holders;
      ++times;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(times, 8);
}

}  // namespace
}  // namespace ball
