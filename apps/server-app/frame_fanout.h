// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <vector>

#include "apps/compare/truth_ledger.h"
#include "apps/link/glib_ptr.h"

namespace ball {

// Whoever wants the encoded frames: a session. Called on the source's streaming thread.
class FrameOutlet {
 public:
  // Every frame that the source draws, before it is encoded.
  virtual void OnDrawn(const DrawnFrame& frame) = 0;
  // An encoded frame; `key` if it can be decoded without an earlier one. The buffer is lent.
  virtual void OnEncoded(GstBuffer* buffer, bool key, const DrawnFrame& frame) = 0;

 protected:
  ~FrameOutlet() = default;
};

// Hands the one encoder's frames to any number of outlets, and their wishes for a key frame back to
// it. Any thread.
class FrameFanout {
 public:
  // `force_key_frame` makes the next encoded frame a key frame.
  explicit FrameFanout(std::function<void()> force_key_frame)
      : force_key_frame_(std::move(force_key_frame)) {}
  FrameFanout(const FrameFanout&) = delete;
  FrameFanout& operator=(const FrameFanout&) = delete;

  void Add(FrameOutlet& outlet);
  // When it returns the outlet is not called any more.
  void Remove(FrameOutlet& outlet);
  bool HasOutlets() const { return outlet_count_.load(std::memory_order_relaxed) != 0; }

  // Asked by an outlet that is called.
  bool HasOneOutlet() const { return outlet_count_.load(std::memory_order_relaxed) == 1; }

  void Drawn(const DrawnFrame& frame);
  void Encoded(GstBuffer* buffer, const DrawnFrame& frame);
  // Of all encoded frames.
  size_t bytes() const { return bytes_; }

  // Rate-limited, so that one peer's losses do not cost all the others their quality: a wish that
  // comes too early is granted when its time has come. Behind 2 s without any the second one may
  // follow the first at once, since a peer that joins needs one to begin with, and another one as
  // soon as it has shown that it came. Any key frame that is handed out grants all wishes before
  // it, so one may be repeated until it comes.
  void RequestKeyFrame();

 private:
  void GrantKeyFrame();
  bool TakeKeyFrameTurn();

  const std::function<void()> force_key_frame_;
  std::mutex outlets_lock_;
  std::vector<FrameOutlet*> outlets_;
  std::atomic<size_t> outlet_count_ = 0;
  std::atomic<size_t> bytes_ = 0;
  std::mutex key_lock_;
  bool key_wanted_ = false;
  std::chrono::steady_clock::time_point last_key_;
  // Whether another key frame may follow the last one at once.
  bool second_ = false;
};

}  // namespace ball
