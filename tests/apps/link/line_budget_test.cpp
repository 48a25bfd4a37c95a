// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/line_budget.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

using std::chrono::seconds;

constexpr LineBudget::Time kStart{seconds(1000)};

int TakeAll(LineBudget& budget, LineBudget::Time now) {
  int taken = 0;
  for (int i = 0; i < 1000; ++i) taken += budget.Take(now) ? 1 : 0;
  return taken;
}

TEST(LineBudgetTest, SomeAtOnceThenSomeASecond) {
  LineBudget budget;
  EXPECT_EQ(TakeAll(budget, kStart), 40);
  EXPECT_EQ(TakeAll(budget, kStart), 0);
  EXPECT_EQ(TakeAll(budget, kStart + seconds(3)), 6);
  EXPECT_EQ(TakeAll(budget, kStart + seconds(3000)), 40);
}

TEST(LineBudgetTest, CountsWhatIsLeftOut) {
  LineBudget budget;
  TakeAll(budget, kStart);
  EXPECT_EQ(budget.TakeLeftOut(), 960);
  EXPECT_EQ(budget.TakeLeftOut(), 0);
}

}  // namespace
}  // namespace ball
