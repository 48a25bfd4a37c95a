// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/canvas_pool.h"

#include <utility>

namespace ball {

CanvasPool::Owner CanvasPool::Create() { return Owner(new CanvasPool); }

std::unique_ptr<Canvas> CanvasPool::Take() {
  const std::lock_guard lock(mutex_);
  if (at_home_.empty()) return nullptr;
  auto canvas = std::move(at_home_.back());
  at_home_.pop_back();
  return canvas;
}

void CanvasPool::Lend() {
  const std::lock_guard lock(mutex_);
  ++lent_;
}

void CanvasPool::GiveBack(std::unique_ptr<Canvas> canvas) {
  bool last = false;
  {
    const std::lock_guard lock(mutex_);
    --lent_;
    if (!closed_ && at_home_.size() < kMostAtHome) at_home_.push_back(std::move(canvas));
    last = closed_ && lent_ == 0;
  }
  if (last) delete this;
}

void CanvasPool::Close() {
  bool last = false;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    at_home_.clear();
    last = lent_ == 0;
  }
  if (last) delete this;
}

}  // namespace ball
