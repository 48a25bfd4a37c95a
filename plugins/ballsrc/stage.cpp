// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/stage.h"

#include <utility>

namespace ball {

Stage::Stage(PictureLayout layout, const Colorimetry& colorimetry)
    : layout_(std::move(layout)),
      colorimetry_(colorimetry),
      scene_(scene_settings_, layout_.size) {}

StageFrame Stage::Draw(const StageSettings& settings, std::chrono::nanoseconds running_time) {
  if (!(settings.scene == scene_settings_)) {
    scene_settings_ = settings.scene;
    scene_ = Scene(scene_settings_, layout_.size);
  }
  StageFrame frame;
  if (!PreparePainter(settings.background)) return frame;
  frame.canvas = UsableCanvas();
  if (!frame.canvas) return frame;
  const Moment moment = scene_.At(running_time);
  frame.truth = moment.truth;
  painter_->Paint(*frame.canvas, moment.balls);
  return frame;
}

// Canvases show the background that they were painted on, so each painter has a pool of its own;
// those of the old pool that are still out delete themselves when they come back.
bool Stage::PreparePainter(const BackgroundSettings& background) {
  if (painter_ && background == background_settings_) return true;
  pool_.reset();
  painter_.reset();  // first, as there may not be memory for two
  painter_ = Painter::Create(layout_, background, colorimetry_);
  if (!painter_) return false;
  background_settings_ = background;
  pool_ = CanvasPool::Create();
  return true;
}

std::unique_ptr<Canvas> Stage::UsableCanvas() {
  auto canvas = pool_->Take();
  return canvas ? std::move(canvas) : painter_->NewCanvas();
}

}  // namespace ball
