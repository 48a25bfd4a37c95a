// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/source_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ball {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

class SourceWatchTest : public testing::Test {
 protected:
  using Time = SourceWatch::Time;

  static Time At(int ms) { return Time(milliseconds(ms)); }
  void LookAt(int now, std::optional<int> delivered) {
    watch_.Look(delivered ? std::optional(At(*delivered)) : std::nullopt, At(now));
  }

  std::vector<std::string> notes_;
  std::vector<std::string> never_;
  SourceWatch watch_{{milliseconds(10000), milliseconds(3000)},
                     {[this](const std::string& text) { notes_.push_back(text); },
                      [this](const std::string& text) { never_.push_back(text); }},
                     At(0)};
};

TEST_F(SourceWatchTest, SaysNothingWhileFramesCome) {
  for (int now = 100; now < 60000; now += 100) LookAt(now, now - 30);
  EXPECT_THAT(notes_, IsEmpty());
  EXPECT_THAT(never_, IsEmpty());
}

TEST_F(SourceWatchTest, TellsOnceThatThereIsNoFirstFrame) {
  LookAt(10000, {});
  EXPECT_THAT(never_, IsEmpty());
  LookAt(10100, {});
  LookAt(20000, {});
  EXPECT_THAT(never_, ElementsAre("it delivered no frame within 10 s: check --source and "
                                  "--encoder"));
}

TEST_F(SourceWatchTest, TellsOnceThatFramesStayAway) {
  LookAt(4000, 1000);
  EXPECT_THAT(notes_, IsEmpty());
  LookAt(4001, 1000);
  LookAt(9000, 1000);
  EXPECT_THAT(notes_, ElementsAre("the source has delivered no frame for 3 s: the sessions wait "
                                  "for it; check --source and --encoder"));
}

TEST_F(SourceWatchTest, TellsHowLongItWasWhenFramesComeAgain) {
  LookAt(5000, 1000);
  LookAt(8300, 8200);
  LookAt(8400, 8390);
  ASSERT_EQ(notes_.size(), 2);
  EXPECT_EQ(notes_.back(), "the source delivers frames again, after 7.2 s");
}

TEST_F(SourceWatchTest, TellsEachTime) {
  LookAt(5000, 1000);
  LookAt(5200, 5100);
  LookAt(9000, 5100);
  LookAt(9300, 9200);
  EXPECT_EQ(notes_.size(), 4);
}

}  // namespace
}  // namespace ball
