// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/connection_limits.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace ball {
namespace {

TEST(ConnectionLimitsTest, HasSoManyPlacesInAll) {
  ConnectionLimits limits({2, 2});
  const auto first = limits.Enter("a");
  auto second = limits.Enter("b");
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(limits.Enter("c"));
  EXPECT_EQ(limits.WhyFull("c"),
            "the server has its 2 connections (--max-connections): try again later");
  second.reset();
  EXPECT_TRUE(limits.Enter("c"));
}

TEST(ConnectionLimitsTest, HasSoManyPlacesForAnAddress) {
  ConnectionLimits limits({10, 1});
  const auto first = limits.Enter("a");
  EXPECT_FALSE(limits.Enter("a"));
  EXPECT_EQ(limits.WhyFull("a"),
            "the server has its 1 connections of your address (--max-connections-per-address): try "
            "again later");
  EXPECT_TRUE(limits.Enter("b"));
}

TEST(ConnectionLimitsTest, PlaceThatMovesIsGivenBackOnce) {
  ConnectionLimits limits({10, 10});
  {
    auto place = limits.Enter("a");
    std::vector<ConnectionLimits::Place> places;
    places.push_back(*std::move(place));
    EXPECT_EQ(limits.count(), 1);
  }
  EXPECT_EQ(limits.count(), 0);
}

}  // namespace
}  // namespace ball
