// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/promises.h"

#include <gtest/gtest.h>

#include <optional>

namespace ball {
namespace {

class PromisesTest : public testing::Test {
 protected:
  GstPromise* Make() {
    GstPromise* promise = promises_->Make(
        [](GstPromise*, gpointer self) { ++static_cast<PromisesTest*>(self)->answers_; }, this);
    gst_mini_object_weak_ref(
        GST_MINI_OBJECT(promise),
        [](gpointer self, GstMiniObject*) { ++static_cast<PromisesTest*>(self)->released_; }, this);
    return promise;
  }

  std::optional<Promises> promises_{std::in_place};
  int answers_ = 0;
  int released_ = 0;
};

TEST_F(PromisesTest, TellAnAnswerAndAreReleased) {
  gst_promise_reply(Make(), nullptr);
  EXPECT_EQ(answers_, 1);
  promises_.reset();
  EXPECT_EQ(answers_, 1);
  EXPECT_EQ(released_, 1);
}

TEST_F(PromisesTest, ThatNobodyAnswersAreReleasedAndTellNothing) {
  Make();
  Make();
  promises_.reset();
  EXPECT_EQ(answers_, 0);
  EXPECT_EQ(released_, 2);
}

}  // namespace
}  // namespace ball
