// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/canvas_pool.h"

#include <gtest/gtest.h>

#include <thread>

namespace ball {
namespace {

std::unique_ptr<Canvas> NewCanvas() { return std::make_unique<Canvas>(); }

TEST(CanvasPoolTest, IsEmptyAtFirst) { EXPECT_EQ(CanvasPool::Create()->Take(), nullptr); }

TEST(CanvasPoolTest, GivesTheCanvasThatCameBackLast) {
  const auto pool = CanvasPool::Create();
  auto first = NewCanvas();
  auto second = NewCanvas();
  const Canvas* last = second.get();
  pool->Lend();
  pool->Lend();
  pool->GiveBack(std::move(first));
  pool->GiveBack(std::move(second));
  EXPECT_EQ(pool->Take().get(), last);
  EXPECT_NE(pool->Take(), nullptr);
  EXPECT_EQ(pool->Take(), nullptr);
}

TEST(CanvasPoolTest, KeepsABoundedNumberAtHome) {
  const auto pool = CanvasPool::Create();
  for (int i = 0; i < 100; ++i) pool->Lend();
  for (int i = 0; i < 100; ++i) pool->GiveBack(NewCanvas());
  int kept = 0;
  while (pool->Take()) ++kept;
  EXPECT_EQ(kept, 16);
}

// That nothing leaks or is used after it is freed shows under the address sanitizer.
TEST(CanvasPoolTest, OutlivesItsOwnerUntilTheLastCanvasIsBack) {
  auto owner = CanvasPool::Create();
  CanvasPool* pool = owner.get();
  pool->Lend();
  pool->Lend();
  owner.reset();
  pool->GiveBack(NewCanvas());
  EXPECT_EQ(pool->Take(), nullptr);  // closed: what comes back is not kept
  pool->GiveBack(NewCanvas());
}

TEST(CanvasPoolTest, CanvasesComeBackOnOtherThreadsWhileItCloses) {
  for (int round = 0; round < 20; ++round) {
    auto owner = CanvasPool::Create();
    CanvasPool* pool = owner.get();
    for (int i = 0; i < 50; ++i) pool->Lend();
    std::thread other([pool] {
      for (int i = 0; i < 50; ++i) pool->GiveBack(NewCanvas());
    });
    owner.reset();
    other.join();
  }
}

}  // namespace
}  // namespace ball
