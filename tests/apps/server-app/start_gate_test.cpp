// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/start_gate.h"

#include <gtest/gtest.h>

#include <string>

namespace ball {
namespace {

// What goes through of these, K being a key frame: the others become dots.
std::string Through(StartGate& gate, std::string frames) {
  for (char& frame : frames) {
    if (!gate.Lets(frame == 'K')) frame = '.';
  }
  return frames;
}

TEST(StartGateTest, HoldsAllButAKeyFrameAndTheNextOneUntilThereIsASign) {
  StartGate gate;
  EXPECT_EQ(Through(gate, "ddKddddd"), "..Kd....");
  gate.Open();
  EXPECT_EQ(Through(gate, "ddKdd"), "ddKdd");
}

TEST(StartGateTest, LosesNothingWhereTheSignComesAtOnce) {
  StartGate gate;
  EXPECT_EQ(Through(gate, "Kd"), "Kd");
  gate.Open();
  EXPECT_EQ(Through(gate, "dddd"), "dddd");
}

TEST(StartGateTest, TriesAgainWithEachKeyFrame) {
  StartGate gate;
  EXPECT_EQ(Through(gate, "KddKdd"), "Kd.Kd.");
  EXPECT_FALSE(gate.open());
}

TEST(StartGateTest, GoesOnWithoutASignAfterSomeKeyFrames) {
  StartGate gate;
  EXPECT_EQ(Through(gate, "KddKddKddKdddd"), "Kd.Kd.Kd.Kdddd");
  EXPECT_TRUE(gate.open());
}

}  // namespace
}  // namespace ball
