// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "plugins/ballsrc/painter.h"

namespace ball {

// Canvases of one painter, at home or lent out, so that one which comes back can be painted on
// again.
//
// A canvas is lent out until nobody reads it any more, which may be after its owner has gone: the
// owner closes the pool and forgets it, and the last canvas to come back deletes it. Any thread.
class CanvasPool {
 public:
  struct Closer {
    void operator()(CanvasPool* pool) const { pool->Close(); }
  };
  using Owner = std::unique_ptr<CanvasPool, Closer>;

  static Owner Create();

  // The canvas that came back last (it may still be in the processor's cache), or nothing.
  std::unique_ptr<Canvas> Take();

  // Counts a canvas as lent out; each one must be given back.
  void Lend();

  // Takes back a canvas that was lent out. After this call the pool may be gone.
  void GiveBack(std::unique_ptr<Canvas> canvas);

 private:
  // More than this many wait for nothing: a burst of them came back at once.
  static constexpr size_t kMostAtHome = 16;

  CanvasPool() = default;
  ~CanvasPool() = default;
  void Close();

  std::mutex mutex_;
  std::vector<std::unique_ptr<Canvas>> at_home_;
  size_t lent_ = 0;
  bool closed_ = false;
};

}  // namespace ball
