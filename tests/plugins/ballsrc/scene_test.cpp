// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/scene.h"

#include <gtest/gtest.h>

#include <cmath>

#include "plugins/ballsrc/noise.h"

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr PictureSize kPicture{640, 480};

SceneSettings With(unsigned distractors, uint32_t seed) {
  SceneSettings settings;
  settings.distractors = distractors;
  settings.seed = seed;
  return settings;
}

TEST(SceneTest, BallAloneIsTheTruthInItsColor) {
  const Moment moment = Scene({}, kPicture).At(seconds(1));
  ASSERT_EQ(moment.balls.size(), 1U);
  EXPECT_EQ(moment.truth, moment.balls[0].ball);
  EXPECT_EQ(moment.balls[0].color, RgbFromArgb(0xffff8000));
}

TEST(SceneTest, BallIsInFrontOfTheDistractors) {
  const Moment moment = Scene(With(5, 1), kPicture).At(seconds(1));
  ASSERT_EQ(moment.balls.size(), 6U);
  EXPECT_EQ(moment.balls.back().ball, moment.truth);
}

TEST(SceneTest, DistractorsStayWhileTheBallHides) {
  SceneSettings settings = With(3, 1);
  settings.ball.hide_period = settings.ball.hide_duration = seconds(1);
  const Moment moment = Scene(settings, kPicture).At(seconds(5));
  EXPECT_FALSE(moment.truth);
  EXPECT_EQ(moment.balls.size(), 3U);
}

TEST(SceneTest, SameSeedGivesTheSameDistractors) {
  const Moment one = Scene(With(4, 7), kPicture).At(milliseconds(1234));
  const Moment other = Scene(With(4, 7), kPicture).At(milliseconds(1234));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(one.balls[i].ball, other.balls[i].ball);
}

TEST(SceneTest, AnotherSeedGivesOtherDistractorsAndTheSameBall) {
  const Moment one = Scene(With(4, 7), kPicture).At(seconds(1));
  const Moment other = Scene(With(4, 8), kPicture).At(seconds(1));
  for (int i = 0; i < 4; ++i) EXPECT_NE(one.balls[i].ball.x, other.balls[i].ball.x);
  EXPECT_EQ(one.truth, other.truth);
}

TEST(SceneTest, OneMoreDistractorDoesNotChangeTheOthers) {
  const Moment few = Scene(With(2, 7), kPicture).At(seconds(1));
  const Moment more = Scene(With(3, 7), kPicture).At(seconds(1));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(few.balls[i].ball, more.balls[i].ball);
}

TEST(SceneTest, DistractorsMoveEvenWhereTheBallStands) {
  SceneSettings settings = With(20, 3);
  settings.ball.speed = 0;
  const Scene scene(settings, kPicture);
  const Moment early = scene.At(seconds(0));
  const Moment late = scene.At(milliseconds(500));
  for (int i = 0; i < 20; ++i) EXPECT_NE(early.balls[i].ball, late.balls[i].ball);
  EXPECT_EQ(early.truth, late.truth);
}

TEST(SceneTest, DistractorsDifferFromTheBallInHue) {
  const Moment moment = Scene(With(200, 5), kPicture).At(seconds(0));
  const double hue = HueOf(moment.balls.back().color);
  for (int i = 0; i < 200; ++i) {
    const double away = std::remainder(HueOf(moment.balls[i].color) - hue, 360.0);
    EXPECT_GT(std::abs(away), 70) << i;
  }
}

TEST(SceneTest, DistractorsStayInside) {
  const Scene scene(With(50, 9), kPicture);
  for (int i = 0; i < 100; ++i) {
    for (const ColoredBall& ball : scene.At(i * milliseconds(331)).balls) {
      ASSERT_GE(ball.ball.x, ball.ball.radius);
      ASSERT_LE(ball.ball.x, kPicture.width - ball.ball.radius);
    }
  }
}

TEST(NoiseTest, IsEvenlySpreadFromZeroToOne) {
  int tenths[10] = {};
  for (uint32_t x = 0; x < 100; ++x) {
    for (uint32_t y = 0; y < 100; ++y) ++tenths[static_cast<int>(UnitNoise(1, x, y) * 10)];
  }
  for (const int count : tenths) EXPECT_NEAR(count, 1000, 150);
}

TEST(NoiseTest, DependsOnEachArgument) {
  EXPECT_NE(UnitNoise(1, 2, 3), UnitNoise(2, 2, 3));
  EXPECT_NE(UnitNoise(1, 2, 3), UnitNoise(1, 3, 3));
  EXPECT_NE(UnitNoise(1, 2, 3), UnitNoise(1, 2, 4));
  EXPECT_EQ(UnitNoise(1, 2, 3), UnitNoise(1, 2, 3));
}

}  // namespace
}  // namespace ball
