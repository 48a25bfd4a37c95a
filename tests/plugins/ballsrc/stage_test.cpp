// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/stage.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/plugins/ballsrc/drawn_picture.h"

namespace ball {
namespace {

using std::chrono::milliseconds;

PictureLayout Layout() { return PaddedLayout(PixelFormat::kI420, {80, 60}); }

// Draws and gives the canvas back at once.
std::vector<uint8_t> Drawn(Stage& stage, const StageSettings& settings, milliseconds time) {
  StageFrame frame = stage.Draw(settings, time);
  std::vector<uint8_t> bytes(frame.canvas->pixels.get(),
                             frame.canvas->pixels.get() + stage.Layout().bytes);
  stage.Pool().Lend();
  stage.Pool().GiveBack(std::move(frame.canvas));
  return bytes;
}

TEST(StageTest, TruthIsTheTrajectorys) {
  Stage stage(Layout(), {});
  const StageSettings settings;
  const Trajectory trajectory(settings.scene.ball, {80, 60});
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(stage.Draw(settings, milliseconds(100 * i)).truth,
              trajectory.At(milliseconds(100 * i)));
  }
}

TEST(StageTest, NoTruthWhileTheBallHides) {
  Stage stage(Layout(), {});
  StageSettings settings;
  settings.scene.ball.hide_period = settings.scene.ball.hide_duration = milliseconds(10);
  const StageFrame frame = stage.Draw(settings, milliseconds(0));
  EXPECT_FALSE(frame.truth);
  EXPECT_TRUE(frame.canvas);
}

TEST(StageTest, UsesCanvasesThatCameBack) {
  Stage stage(Layout(), {});
  StageFrame first = stage.Draw({}, milliseconds(0));
  const Canvas* canvas = first.canvas.get();
  stage.Pool().Lend();
  stage.Pool().GiveBack(std::move(first.canvas));
  EXPECT_EQ(stage.Draw({}, milliseconds(33)).canvas.get(), canvas);
}

TEST(StageTest, DoesNotTouchACanvasThatIsStillOut) {
  Stage stage(Layout(), {});
  const StageFrame first = stage.Draw({}, milliseconds(0));
  const StageFrame second = stage.Draw({}, milliseconds(33));
  EXPECT_NE(first.canvas.get(), second.canvas.get());
}

// Whatever changes, the picture is the one that a stage draws which never knew anything else.
TEST(StageTest, ChangedSettingsDrawLikeANewStage) {
  std::vector<StageSettings> changes(6);
  changes[1].scene.ball_color = 0xff00ff00;
  changes[2].scene.ball.radius = 11.5;
  changes[3].background.pattern = BackgroundPattern::kCheckers;
  changes[4].background.color = 0xff0000ff;
  changes[5].scene.distractors = 3;
  Stage stage(Layout(), {});
  for (int i = 0; i < 36; ++i) {
    const StageSettings& settings = changes[(i * 5) % 6];
    Stage fresh(Layout(), {});
    EXPECT_EQ(Drawn(stage, settings, milliseconds(33 * i)),
              Drawn(fresh, settings, milliseconds(33 * i)));
  }
}

TEST(StageTest, CanvasesOfAnOldBackgroundMayComeBackLater) {
  Stage stage(Layout(), {});
  StageFrame old = stage.Draw({}, milliseconds(0));
  CanvasPool& old_pool = stage.Pool();
  old_pool.Lend();
  StageSettings noise;
  noise.background.pattern = BackgroundPattern::kNoise;
  const auto before = Drawn(stage, noise, milliseconds(0));
  old_pool.GiveBack(std::move(old.canvas));
  EXPECT_EQ(Drawn(stage, noise, milliseconds(0)), before);
}

TEST(StageTest, NoMemoryIsNoCanvas) {
  PictureLayout layout = Layout();
  volatile size_t impossible = std::numeric_limits<ptrdiff_t>::max() - 4096;
  layout.bytes = impossible;
  EXPECT_EQ(Stage(layout, {}).Draw({}, milliseconds(0)).canvas, nullptr);
}

}  // namespace
}  // namespace ball
