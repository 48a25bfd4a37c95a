// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/trajectory.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ball {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr PictureSize kPicture{640, 480};
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TrajectorySettings Moving(double x, double y, double speed, double direction) {
  TrajectorySettings settings;
  settings.start_x = x;
  settings.start_y = y;
  settings.speed = speed;
  settings.direction = direction;
  return settings;
}

void ExpectInside(const Trajectory& trajectory, PictureSize picture, nanoseconds step) {
  for (int i = 0; i < 2000; ++i) {
    const auto ball = trajectory.At(i * step);
    ASSERT_TRUE(ball);
    ASSERT_GE(ball->x, ball->radius);
    ASSERT_LE(ball->x, picture.width - ball->radius);
    ASSERT_GE(ball->y, ball->radius);
    ASSERT_LE(ball->y, picture.height - ball->radius);
  }
}

TEST(TrajectoryTest, StartsInTheMiddleByDefault) {
  EXPECT_EQ(Trajectory({}, kPicture).At(seconds(0)), (Ball{320, 240, 20}));
}

TEST(TrajectoryTest, DirectionsAreClockwiseFromTheRight) {
  const struct {
    double direction, x, y;
  } cases[] = {{0, 110, 100},  {90, 100, 110}, {180, 90, 100},
               {270, 100, 90}, {-90, 100, 90}, {360 * 7 + 90, 100, 110}};
  for (const auto& expected : cases) {
    const auto ball = Trajectory(Moving(100, 100, 10, expected.direction), kPicture).At(seconds(1));
    EXPECT_NEAR(ball->x, expected.x, 1e-9) << expected.direction;
    EXPECT_NEAR(ball->y, expected.y, 1e-9) << expected.direction;
  }
}

TEST(TrajectoryTest, MovesAtConstantSpeedBetweenWalls) {
  const Trajectory trajectory(Moving(100, 100, 50, 30), kPicture);
  const auto ball = trajectory.At(milliseconds(2500));
  EXPECT_NEAR(ball->x, 100 + 125 * std::cos(M_PI / 6), 1e-9);
  EXPECT_NEAR(ball->y, 100 + 125 * 0.5, 1e-9);
}

TEST(TrajectoryTest, IsReflectedWhereTheBallTouchesTheWall) {
  const Trajectory right(Moving(600, 240, 100, 0), kPicture);
  EXPECT_NEAR(right.At(milliseconds(200))->x, 620, 1e-9);
  EXPECT_NEAR(right.At(milliseconds(500))->x, 590, 1e-9);
  const Trajectory up(Moving(320, 50, 100, 270), kPicture);
  EXPECT_NEAR(up.At(milliseconds(300))->y, 20, 1e-9);
  EXPECT_NEAR(up.At(milliseconds(700))->y, 60, 1e-9);
}

TEST(TrajectoryTest, StandsStillAtSpeedZero) {
  const Trajectory trajectory(Moving(33.25, 44.75, 0, 77), kPicture);
  EXPECT_EQ(trajectory.At(hours(5)), (Ball{33.25, 44.75, 20}));
}

TEST(TrajectoryTest, NegativeSpeedIsBackwards) {
  EXPECT_NEAR(Trajectory(Moving(100, 100, -10, 0), kPicture).At(seconds(1))->x, 90, 1e-9);
}

TEST(TrajectoryTest, NegativeTimesContinueThePathBackwards) {
  EXPECT_NEAR(Trajectory(Moving(100, 100, 10, 0), kPicture).At(seconds(-3))->x, 70, 1e-9);
  EXPECT_NEAR(Trajectory(Moving(100, 100, 10, 0), kPicture).At(seconds(-10))->x, 40, 1e-9);
}

TEST(TrajectoryTest, UniformMotionRepeatsAfterYears) {
  // 600 px there and 600 px back take 12 s, so 3 years are a whole number of periods.
  const Trajectory trajectory(Moving(100, 100, 100, 0), kPicture);
  EXPECT_NEAR(trajectory.At(hours(24 * 365 * 3) + seconds(1))->x, 200, 1e-3);
}

TEST(TrajectoryTest, StartOutsideIsMovedInUntilTheBallIsWhole) {
  EXPECT_EQ(Trajectory(Moving(5000, 3, 0, 0), kPicture).At(seconds(0)), (Ball{620, 20, 20}));
}

TEST(TrajectoryTest, NegativeAndNotFiniteStartIsTheMiddle) {
  for (const double start : {-1.0, -1e300, kNan, -kInfinity}) {
    EXPECT_EQ(Trajectory(Moving(start, start, 0, 0), kPicture).At(seconds(0))->x, 320) << start;
  }
}

TEST(TrajectoryTest, NotFiniteSpeedAndDirectionStandStillOrGoRight) {
  EXPECT_EQ(Trajectory(Moving(100, 100, kNan, 0), kPicture).At(seconds(9))->x, 100);
  EXPECT_EQ(Trajectory(Moving(100, 100, kInfinity, 0), kPicture).At(seconds(9))->x, 100);
  EXPECT_NEAR(Trajectory(Moving(100, 100, 10, kInfinity), kPicture).At(seconds(1))->x, 110, 1e-9);
}

TEST(TrajectoryTest, RadiusIsAtLeastTheSmallestOne) {
  for (const double radius : {0.0, -7.0, kNan, kInfinity}) {
    TrajectorySettings settings;
    settings.radius = radius;
    EXPECT_EQ(Trajectory(settings, kPicture).At(seconds(1))->radius, kMinRadius) << radius;
  }
}

TEST(TrajectoryTest, PictureSmallerThanTheBallKeepsItInTheMiddle) {
  TrajectorySettings settings = Moving(3, 100, 500, 45);
  settings.radius = 30;
  for (const Motion motion : {Motion::kUniform, Motion::kGravity}) {
    settings.motion = motion;
    const Trajectory trajectory(settings, {50, 40});
    EXPECT_EQ(trajectory.At(seconds(0)), (Ball{25, 20, 30}));
    EXPECT_EQ(trajectory.At(milliseconds(1234)), (Ball{25, 20, 30}));
  }
}

struct MotionCase {
  const char* name;
  Motion motion;
  double speed;
  double direction;
};

class TrajectoryWallTest : public testing::TestWithParam<MotionCase> {
 protected:
  TrajectorySettings Settings() const {
    TrajectorySettings settings = Moving(-1, -1, GetParam().speed, GetParam().direction);
    settings.motion = GetParam().motion;
    return settings;
  }
};

TEST_P(TrajectoryWallTest, WholeBallStaysInside) {
  ExpectInside(Trajectory(Settings(), kPicture), kPicture, milliseconds(7));
  ExpectInside(Trajectory(Settings(), kPicture), kPicture, hours(30) + milliseconds(7));
}

INSTANTIATE_TEST_SUITE_P(Motions, TrajectoryWallTest,
                         testing::Values(MotionCase{"Slow", Motion::kUniform, 50, 30},
                                         MotionCase{"Fast", Motion::kUniform, 50000, 211},
                                         MotionCase{"Fastest", Motion::kUniform, 1e300, 45},
                                         MotionCase{"Dropped", Motion::kGravity, 0, 0},
                                         MotionCase{"ThrownUp", Motion::kGravity, 300, -60},
                                         MotionCase{"ThrownAtTheCeiling", Motion::kGravity, 5000,
                                                    250},
                                         MotionCase{"ThrownDown", Motion::kGravity, 900, 100},
                                         MotionCase{"FastestFall", Motion::kGravity, 1e300, 45}),
                         [](const auto& test) { return test.param.name; });

TrajectorySettings Falling(double y, double speed, double direction) {
  TrajectorySettings settings = Moving(100, y, speed, direction);
  settings.motion = Motion::kGravity;
  return settings;
}

TEST(GravityTest, FallsThePicturesHeightInOneSecond) {
  // h = g t^2 / 2 with g = 2 * 480 px/s^2.
  const Trajectory trajectory(Falling(20, 0, 0), kPicture);
  EXPECT_NEAR(trajectory.At(milliseconds(500))->y, 20 + 0.5 * 960 * 0.25, 1e-9);
}

TEST(GravityTest, BouncesBackToWhereItWasDropped) {
  const Trajectory trajectory(Falling(100, 0, 0), kPicture);
  const double fall = std::sqrt(2 * 360 / 960.0);
  const auto at = [&](double time) {
    return trajectory.At(nanoseconds(std::llround(time * 1e9)))->y;
  };
  EXPECT_NEAR(at(fall), 460, 1e-4);
  EXPECT_NEAR(at(2 * fall), 100, 1e-4);
  EXPECT_NEAR(at(1001 * fall), 460, 1e-3);
  EXPECT_NEAR(at(0.7 * fall), at(1.3 * fall), 1e-4);
}

TEST(GravityTest, ThrownUpAndDownArriveWithTheSameEnergy) {
  const Trajectory up(Falling(240, 100, 270), kPicture);
  EXPECT_NEAR(up.At(milliseconds(100))->y, 240 - 10 + 480 * 0.01, 1e-9);
  const Trajectory down(Falling(240, 100, 90), kPicture);
  EXPECT_NEAR(down.At(milliseconds(100))->y, 240 + 10 + 480 * 0.01, 1e-9);
}

TEST(GravityTest, FastBallBouncesOffTheCeiling) {
  const Trajectory trajectory(Falling(120, 1000, 270), kPicture);
  // Up 100 px: 100 = 1000 t - 480 t^2.
  const double hit = (1000 - std::sqrt(1e6 - 4 * 480 * 100)) / 960;
  const double speed = 1000 - 960 * hit;
  const auto after = nanoseconds(std::llround((hit + 0.1) * 1e9));
  EXPECT_NEAR(trajectory.At(after)->y, 20 + speed * 0.1 + 480 * 0.01, 1e-4);
}

TEST(GravityTest, RestsOnTheFloorWithoutSpeed) {
  EXPECT_EQ(Trajectory(Falling(460, 0, 0), kPicture).At(milliseconds(777))->y, 460);
}

TEST(GravityTest, MovesSidewaysAtConstantSpeed) {
  EXPECT_NEAR(Trajectory(Falling(100, 50, 0), kPicture).At(seconds(2))->x, 200, 1e-9);
}

TrajectorySettings Hiding(nanoseconds period, nanoseconds duration) {
  TrajectorySettings settings;
  settings.hide_period = period;
  settings.hide_duration = duration;
  return settings;
}

TEST(HideTest, IsAbsentDuringTheLastPartOfEachPeriod) {
  const Trajectory trajectory(Hiding(seconds(2), milliseconds(500)), kPicture);
  EXPECT_TRUE(trajectory.At(seconds(0)));
  EXPECT_TRUE(trajectory.At(milliseconds(1500) - nanoseconds(1)));
  EXPECT_FALSE(trajectory.At(milliseconds(1500)));
  EXPECT_FALSE(trajectory.At(seconds(2) - nanoseconds(1)));
  EXPECT_TRUE(trajectory.At(seconds(2)));
  EXPECT_FALSE(trajectory.At(seconds(2'000'000) - milliseconds(1)));
  EXPECT_FALSE(trajectory.At(milliseconds(-1)));
}

TEST(HideTest, MovesOnWhileAbsent) {
  const TrajectorySettings seen;
  const auto hidden = Hiding(seconds(1), milliseconds(500));
  EXPECT_EQ(Trajectory(hidden, kPicture).At(seconds(3)), Trajectory(seen, kPicture).At(seconds(3)));
}

TEST(HideTest, IsAlwaysAbsentWhereTheDurationFillsThePeriod) {
  const Trajectory trajectory(Hiding(seconds(1), seconds(4)), kPicture);
  EXPECT_FALSE(trajectory.At(seconds(0)));
  EXPECT_FALSE(trajectory.At(milliseconds(12345)));
}

TEST(HideTest, IsNeverAbsentWithoutPeriodOrDuration) {
  EXPECT_TRUE(Trajectory(Hiding(seconds(0), seconds(1)), kPicture).At(milliseconds(999)));
  EXPECT_TRUE(Trajectory(Hiding(seconds(1), seconds(0)), kPicture).At(milliseconds(999)));
  EXPECT_TRUE(Trajectory(Hiding(seconds(-1), seconds(1)), kPicture).At(milliseconds(999)));
}

TEST(GlideTest, StaysWhereWallsMeet) { EXPECT_EQ(Glide(7, 7, 7, 100).At(3), 7); }

TEST(GlideTest, FoldsIntoATriangleWave) {
  const Glide glide(10, 20, 12, 4);
  EXPECT_DOUBLE_EQ(glide.At(2), 20);
  EXPECT_DOUBLE_EQ(glide.At(3), 16);
  EXPECT_DOUBLE_EQ(glide.At(5), 12);
}

TEST(FallTest, NeverLeavesCeilingAndFloor) {
  const Fall fall(0, 10, 5, -1000, 20);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_GE(fall.At(i * 0.013), 0);
    ASSERT_LE(fall.At(i * 0.013), 10);
  }
}

}  // namespace
}  // namespace ball
