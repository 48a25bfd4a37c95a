// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/frame_fanout.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What the header promises; wishes that come closer wait.
constexpr milliseconds kKeyFrameInterval{300};

Ref<GstBuffer> MakeBuffer(bool key) {
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new());
  if (!key) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

DrawnFrame FrameAt(double x) { return {Ball{x, 2, 3}, steady_clock::now()}; }

struct Outlet : FrameOutlet {
  struct Encoded {
    GstBuffer* buffer;
    bool key;
    DrawnFrame frame;
  };

  void OnDrawn(const DrawnFrame& frame) override { drawn.push_back(frame); }
  void OnEncoded(GstBuffer* buffer, bool key, const DrawnFrame& frame) override {
    encoded.push_back({buffer, key, frame});
  }

  std::vector<DrawnFrame> drawn;
  std::vector<Encoded> encoded;
};

// Notes a call after it was taken out.
struct WatchfulOutlet : FrameOutlet {
  void OnDrawn(const DrawnFrame&) override { Count(); }
  void OnEncoded(GstBuffer*, bool, const DrawnFrame&) override { Count(); }

  void Count() {
    ++calls;
    if (removed) ++late_calls;
    // Whoever takes us out now must wait for the end of this call.
    std::this_thread::yield();
    if (removed) ++late_calls;
  }

  std::atomic<bool> removed = false;
  std::atomic<size_t> calls = 0;
  std::atomic<size_t> late_calls = 0;
};

class FrameFanoutTest : public testing::Test {
 protected:
  // Draws frames until one has become a key frame. The time is not later than when it was forced.
  steady_clock::time_point DrawUntilForced() {
    const int before = forced_;
    const auto deadline = steady_clock::now() + std::chrono::seconds(10);
    auto drawn = steady_clock::now();
    while (forced_ == before && drawn < deadline) {
      std::this_thread::yield();
      drawn = steady_clock::now();
      fanout_.Drawn(FrameAt(0));
    }
    EXPECT_EQ(forced_, before + 1);
    return drawn;
  }

  int forced_ = 0;
  FrameFanout fanout_{[this] { ++forced_; }};
};

TEST_F(FrameFanoutTest, EachOutletGetsEachDrawnFrame) {
  Outlet first;
  Outlet second;
  fanout_.Add(first);
  fanout_.Add(second);
  fanout_.Drawn(FrameAt(10));
  fanout_.Drawn(FrameAt(20));
  for (const Outlet* outlet : {&first, &second}) {
    ASSERT_EQ(outlet->drawn.size(), 2U);
    EXPECT_EQ(outlet->drawn[0].truth->x, 10);
    EXPECT_EQ(outlet->drawn[1].truth->x, 20);
    EXPECT_TRUE(outlet->encoded.empty());
  }
}

TEST_F(FrameFanoutTest, EachOutletGetsEachEncodedFrameAndWhetherItIsAKeyFrame) {
  Outlet first;
  Outlet second;
  fanout_.Add(first);
  fanout_.Add(second);
  const auto key = MakeBuffer(true);
  const auto delta = MakeBuffer(false);
  fanout_.Encoded(key.get(), FrameAt(10));
  fanout_.Encoded(delta.get(), FrameAt(20));
  for (const Outlet* outlet : {&first, &second}) {
    ASSERT_EQ(outlet->encoded.size(), 2U);
    EXPECT_EQ(outlet->encoded[0].buffer, key.get());
    EXPECT_TRUE(outlet->encoded[0].key);
    EXPECT_EQ(outlet->encoded[0].frame.truth->x, 10);
    EXPECT_EQ(outlet->encoded[1].buffer, delta.get());
    EXPECT_FALSE(outlet->encoded[1].key);
    EXPECT_EQ(outlet->encoded[1].frame.truth->x, 20);
    EXPECT_TRUE(outlet->drawn.empty());
  }
}

TEST_F(FrameFanoutTest, BuffersAreOnlyLent) {
  Outlet outlet;
  fanout_.Add(outlet);
  const auto buffer = MakeBuffer(true);
  fanout_.Encoded(buffer.get(), FrameAt(10));
  EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer.get()), 1);
}

TEST_F(FrameFanoutTest, KnowsWhetherThereAreOutlets) {
  Outlet first;
  Outlet second;
  EXPECT_FALSE(fanout_.HasOutlets());
  fanout_.Add(first);
  fanout_.Add(second);
  EXPECT_TRUE(fanout_.HasOutlets());
  fanout_.Remove(first);
  EXPECT_TRUE(fanout_.HasOutlets());
  fanout_.Remove(second);
  EXPECT_FALSE(fanout_.HasOutlets());
}

TEST_F(FrameFanoutTest, AnOutletThatWasRemovedGetsNothingWhileTheOthersGoOn) {
  Outlet leaving;
  Outlet staying;
  fanout_.Add(leaving);
  fanout_.Add(staying);
  fanout_.Remove(leaving);
  fanout_.Drawn(FrameAt(10));
  fanout_.Encoded(MakeBuffer(true).get(), FrameAt(10));
  EXPECT_TRUE(leaving.drawn.empty());
  EXPECT_TRUE(leaving.encoded.empty());
  EXPECT_EQ(staying.drawn.size(), 1U);
  EXPECT_EQ(staying.encoded.size(), 1U);
}

TEST_F(FrameFanoutTest, RemovingAStrangerChangesNothing) {
  Outlet outlet;
  Outlet stranger;
  fanout_.Add(outlet);
  fanout_.Remove(stranger);
  fanout_.Remove(stranger);
  EXPECT_TRUE(fanout_.HasOutlets());
  fanout_.Drawn(FrameAt(10));
  EXPECT_EQ(outlet.drawn.size(), 1U);
}

TEST_F(FrameFanoutTest, NoCallComesAfterRemoveHasReturned) {
  constexpr int kRounds = 500;
  std::atomic<bool> end = false;
  std::thread pusher([&] {
    const auto buffer = MakeBuffer(false);
    while (!end) {
      fanout_.Drawn(FrameAt(0));
      fanout_.Encoded(buffer.get(), FrameAt(0));
    }
  });
  size_t late = 0;
  for (int round = 0; round < kRounds; ++round) {
    WatchfulOutlet outlet;
    fanout_.Add(outlet);
    while (outlet.calls == 0) std::this_thread::yield();
    fanout_.Remove(outlet);
    outlet.removed = true;
    const size_t calls = outlet.calls;
    std::this_thread::yield();
    late += outlet.late_calls + (outlet.calls - calls);
  }
  end = true;
  pusher.join();
  EXPECT_EQ(late, 0U);
}

TEST_F(FrameFanoutTest, NoKeyFrameIsForcedUnasked) {
  for (int i = 0; i < 10; ++i) fanout_.Drawn(FrameAt(0));
  EXPECT_EQ(forced_, 0);
}

TEST_F(FrameFanoutTest, AWishIsGrantedOnceAtTheNextDrawnFrame) {
  fanout_.RequestKeyFrame();
  EXPECT_EQ(forced_, 0) << "nothing is drawn that could be a key frame";
  fanout_.Encoded(MakeBuffer(false).get(), FrameAt(0));
  EXPECT_EQ(forced_, 0) << "that frame is encoded already";
  fanout_.Drawn(FrameAt(0));
  EXPECT_EQ(forced_, 1);
  const auto granted = steady_clock::now();
  while (steady_clock::now() < granted + kKeyFrameInterval + milliseconds(50)) {
    fanout_.Drawn(FrameAt(0));
  }
  EXPECT_EQ(forced_, 1) << "one wish, one key frame";
}

TEST_F(FrameFanoutTest, TheKeyFrameIsForcedBeforeTheOutletsSeeTheFrame) {
  struct Order : FrameOutlet {
    explicit Order(const int& forced) : forced(forced) {}
    void OnDrawn(const DrawnFrame&) override { forced_when_drawn = forced; }
    void OnEncoded(GstBuffer*, bool, const DrawnFrame&) override {}
    const int& forced;
    int forced_when_drawn = -1;
  };
  Order outlet(forced_);
  fanout_.Add(outlet);
  fanout_.RequestKeyFrame();
  fanout_.Drawn(FrameAt(0));
  EXPECT_EQ(outlet.forced_when_drawn, 1);
}

TEST_F(FrameFanoutTest, ManyWishesForOneFrameMakeOneKeyFrame) {
  for (int i = 0; i < 100; ++i) fanout_.RequestKeyFrame();
  fanout_.Drawn(FrameAt(0));
  EXPECT_EQ(forced_, 1);
}

TEST_F(FrameFanoutTest, ASecondWishIsGrantedAtOnceBehindAQuietTime) {
  for (int i = 1; i <= 2; ++i) {
    fanout_.RequestKeyFrame();
    fanout_.Drawn(FrameAt(0));
    EXPECT_EQ(forced_, i);
  }
}

TEST_F(FrameFanoutTest, AThirdWishIsGrantedLater) {
  const auto first = steady_clock::now();
  for (int i = 1; i <= 2; ++i) {
    fanout_.RequestKeyFrame();
    fanout_.Drawn(FrameAt(0));
  }
  ASSERT_EQ(forced_, 2);
  fanout_.RequestKeyFrame();
  DrawUntilForced();
  EXPECT_GE(steady_clock::now() - first, kKeyFrameInterval);
}

// It would never come whole through a network that is full.
TEST_F(FrameFanoutTest, NoSecondWishIsGrantedAtOnceWithoutAQuietTime) {
  for (int i = 1; i <= 2; ++i) {
    fanout_.RequestKeyFrame();
    fanout_.Drawn(FrameAt(0));
  }
  fanout_.RequestKeyFrame();
  const auto third = DrawUntilForced();
  ASSERT_EQ(forced_, 3);
  fanout_.RequestKeyFrame();
  DrawUntilForced();
  EXPECT_GE(steady_clock::now() - third, kKeyFrameInterval);
}

TEST_F(FrameFanoutTest, WishesWithoutEndMakeAKeyFrameEveryInterval) {
  const auto begin = steady_clock::now();
  for (int wanted = 1; wanted <= 4; ++wanted) {
    fanout_.RequestKeyFrame();
    DrawUntilForced();
    fanout_.RequestKeyFrame();
  }
  // The first two are granted at once.
  EXPECT_GE(steady_clock::now() - begin, 2 * kKeyFrameInterval);
  EXPECT_EQ(forced_, 4);
}

// Whoever misses one wishes for it with every frame until it is there: those before it come first.
TEST_F(FrameFanoutTest, AWishWhileTheKeyFrameIsUnderWayIsGrantedByIt) {
  fanout_.RequestKeyFrame();
  fanout_.Drawn(FrameAt(0));
  ASSERT_EQ(forced_, 1);
  const auto first = steady_clock::now();
  fanout_.Encoded(MakeBuffer(false).get(), FrameAt(0));
  fanout_.RequestKeyFrame();
  fanout_.Encoded(MakeBuffer(true).get(), FrameAt(0));
  while (steady_clock::now() < first + kKeyFrameInterval + milliseconds(50)) {
    fanout_.Drawn(FrameAt(0));
  }
  EXPECT_EQ(forced_, 1);
}

TEST_F(FrameFanoutTest, AWishThatAKeyFrameCallsForIsNotGrantedByIt) {
  struct Full : FrameOutlet {
    explicit Full(FrameFanout& fanout) : fanout(fanout) {}
    void OnDrawn(const DrawnFrame&) override {}
    void OnEncoded(GstBuffer*, bool, const DrawnFrame&) override { fanout.RequestKeyFrame(); }
    FrameFanout& fanout;
  };
  Full outlet(fanout_);
  fanout_.Add(outlet);
  fanout_.Encoded(MakeBuffer(true).get(), FrameAt(0));
  DrawUntilForced();
}

TEST_F(FrameFanoutTest, ALateWishIsGrantedAtOnce) {
  fanout_.RequestKeyFrame();
  fanout_.Drawn(FrameAt(0));
  const auto first = steady_clock::now();
  while (steady_clock::now() <= first + kKeyFrameInterval) fanout_.Drawn(FrameAt(0));
  ASSERT_EQ(forced_, 1);
  fanout_.RequestKeyFrame();
  fanout_.Drawn(FrameAt(0));
  EXPECT_EQ(forced_, 2);
}

TEST_F(FrameFanoutTest, WishesOfManyThreadsAreGranted) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int wish = 0; wish < 1000; ++wish) fanout_.RequestKeyFrame();
    });
  }
  for (std::thread& thread : threads) thread.join();
  fanout_.Drawn(FrameAt(0));
  EXPECT_EQ(forced_, 1);
}

}  // namespace
}  // namespace ball
