// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/teardown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/run_until.h"

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// What became of a buried owner.
struct Grave {
  std::atomic<bool> buried = false;
  GstState state = GST_STATE_VOID_PENDING;
  std::thread::id gravedigger;
};

class RunningPipeline : public PipelineOwner {
 public:
  // It cannot be destroyed before `release`, if one is given.
  explicit RunningPipeline(Grave& grave, std::shared_future<void> release = {})
      : grave_(grave),
        release_(std::move(release)),
        pipeline_(Ref<GstElement>::sink(gst_parse_launch("fakesrc ! fakesink", nullptr))) {
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  }
  ~RunningPipeline() override {
    if (release_.valid()) release_.wait();
    gst_element_get_state(pipeline_.get(), &grave_.state, nullptr, 0);
    grave_.gravedigger = std::this_thread::get_id();
    grave_.buried = true;
  }
  RunningPipeline(const RunningPipeline&) = delete;
  RunningPipeline& operator=(const RunningPipeline&) = delete;

  GstElement* pipeline() const override { return pipeline_.get(); }

 private:
  Grave& grave_;
  std::shared_future<void> release_;
  Ref<GstElement> pipeline_;
};

TEST(TeardownTest, StopsThePipelineThenDestroysItsOwnerElsewhere) {
  Grave grave;
  Teardown teardown;
  teardown.Bury(std::make_unique<RunningPipeline>(grave));
  ASSERT_TRUE(teardown.Finish(seconds(20)));
  EXPECT_TRUE(grave.buried);
  EXPECT_EQ(grave.state, GST_STATE_NULL);
  EXPECT_NE(grave.gravedigger, std::this_thread::get_id());
}

TEST(TeardownTest, FinishesAtOnceWithNothingToDo) {
  Teardown teardown;
  EXPECT_TRUE(teardown.Finish(milliseconds(0)));
  EXPECT_TRUE(teardown.Finish(milliseconds(0)));
}

TEST(TeardownTest, FinishesAfterTheLastOfMany) {
  std::vector<Grave> graves(10);
  Teardown teardown;
  for (Grave& grave : graves) teardown.Bury(std::make_unique<RunningPipeline>(grave));
  ASSERT_TRUE(teardown.Finish(seconds(20)));
  for (const Grave& grave : graves) EXPECT_TRUE(grave.buried);
}

// As libraries do that keep something for each thread.
class LingeringPipeline : public RunningPipeline {
 public:
  LingeringPipeline(Grave& grave, std::atomic<bool>& left) : RunningPipeline(grave), left_(left) {}

  void Leave() override {
    struct Lingering {
      explicit Lingering(std::atomic<bool>& left) : left(left) {}
      ~Lingering() {
        g_usleep(200000);
        left = true;
      }
      std::atomic<bool>& left;
    };
    thread_local const Lingering lingering(left_);
  }

 private:
  std::atomic<bool>& left_;
};

TEST(TeardownTest, LeavesNoThreadThatIsStillAtItsEnd) {
  Grave grave;
  std::atomic<bool> left = false;
  Teardown teardown;
  teardown.Bury(std::make_unique<LingeringPipeline>(grave, left));
  ASSERT_TRUE(teardown.Finish(seconds(20)));
  EXPECT_TRUE(left);
}

TEST(TeardownTest, IsFinishedWhenItIsDestroyed) {
  Grave grave;
  { Teardown().Bury(std::make_unique<RunningPipeline>(grave)); }
  EXPECT_TRUE(grave.buried);
}

TEST(TeardownTest, SaysThatSomethingHangsAndDoesNotHangItself) {
  std::promise<void> release;
  Grave hanging;
  Grave other;
  Teardown teardown;
  const auto start = steady_clock::now();
  teardown.Bury(std::make_unique<RunningPipeline>(hanging, release.get_future().share()));
  teardown.Bury(std::make_unique<RunningPipeline>(other));
  EXPECT_FALSE(teardown.Finish(milliseconds(50)));
  EXPECT_LT(steady_clock::now() - start, seconds(5));
  EXPECT_FALSE(hanging.buried);
  release.set_value();
  EXPECT_TRUE(teardown.Finish(seconds(20)));
  EXPECT_TRUE(hanging.buried);
  EXPECT_TRUE(other.buried);
}

TEST(TeardownTest, CutsOffWhatTakesTooLongAndDoesNotWaitForIt) {
  std::promise<void> release;
  Grave hanging;
  Grave other;
  std::vector<std::string> cut_off;
  Teardown teardown({milliseconds(50), [&](const std::string& name) { cut_off.push_back(name); }});
  teardown.Bury(std::make_unique<RunningPipeline>(hanging, release.get_future().share()), "slow");
  teardown.Bury(std::make_unique<RunningPipeline>(other), "quick");
  ASSERT_TRUE(RunUntil([&] { return !cut_off.empty() && other.buried; }));
  EXPECT_THAT(cut_off, testing::Contains("slow"));
  const size_t count = teardown.cut_off();
  EXPECT_EQ(count, cut_off.size());
  const auto start = steady_clock::now();
  EXPECT_FALSE(teardown.Finish(seconds(20))) << "it hangs";
  EXPECT_LT(steady_clock::now() - start, seconds(10)) << "it is not waited for";
  release.set_value();
  EXPECT_TRUE(RunUntil([&] { return hanging.buried.load(); }));
  EXPECT_TRUE(RunUntil([&] { return teardown.Finish(milliseconds(0)); }));
  EXPECT_EQ(teardown.cut_off(), count) << "who was cut off stays counted";
}

TEST(TeardownTest, CutsNobodyOffWithoutALimit) {
  std::promise<void> release;
  Grave slow;
  Teardown teardown;
  teardown.Bury(std::make_unique<RunningPipeline>(slow, release.get_future().share()));
  EXPECT_FALSE(RunUntil([&] { return teardown.cut_off() != 0; }, milliseconds(200)));
  release.set_value();
  EXPECT_TRUE(teardown.Finish(seconds(20)));
}

}  // namespace
}  // namespace ball
