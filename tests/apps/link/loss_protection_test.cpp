// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/loss_protection.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

TEST(LossProtectionTest, ReadsEachName) {
  EXPECT_EQ(ParseLossProtection("none", 50), (LossProtection{false, 0}));
  EXPECT_EQ(ParseLossProtection("nack", 50), (LossProtection{true, 0}));
  EXPECT_EQ(ParseLossProtection("fec", 50), (LossProtection{false, 50}));
  EXPECT_EQ(ParseLossProtection("nack+fec", 50), (LossProtection{true, 50}));
}

TEST(LossProtectionTest, RefusesWhatIsNone) {
  for (const char* text : {"", "NACK", "fec+nack", "nack ", "all"}) {
    EXPECT_EQ(ParseLossProtection(text, 50), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ball
