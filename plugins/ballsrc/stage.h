// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "plugins/ballsrc/canvas_pool.h"
#include "plugins/ballsrc/painter.h"
#include "plugins/ballsrc/scene.h"

namespace ball {

struct StageSettings {
  SceneSettings scene;
  BackgroundSettings background;
};

// One drawn frame.
struct StageFrame {
  std::unique_ptr<Canvas> canvas;  // nothing where there was no memory
  std::optional<Ball> truth;       // where the ball is, or nothing while it hides
};

// Scene, painter and canvases for one kind of picture: draws a frame for any time, and makes anew
// what has become wrong when the settings change. One thread at a time; the pool's canvases may
// come back on any thread.
class Stage {
 public:
  Stage(PictureLayout layout, const Colorimetry& colorimetry);

  StageFrame Draw(const StageSettings& settings, std::chrono::nanoseconds running_time);

  // Where canvases of the frame drawn last belong when nobody reads them any more. There is none
  // before a frame was drawn.
  CanvasPool& Pool() { return *pool_; }

  const PictureLayout& Layout() const { return layout_; }

 private:
  bool PreparePainter(const BackgroundSettings& background);
  std::unique_ptr<Canvas> UsableCanvas();

  PictureLayout layout_;
  Colorimetry colorimetry_;
  SceneSettings scene_settings_;
  BackgroundSettings background_settings_;
  Scene scene_;
  std::unique_ptr<Painter> painter_;
  CanvasPool::Owner pool_;
};

}  // namespace ball
