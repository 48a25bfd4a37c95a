// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/frame_fanout.h"

#include <algorithm>

namespace ball {
namespace {

// Some three key frames a second at most: each costs as much as some ten other frames.
constexpr std::chrono::milliseconds kKeyFrameInterval{300};
constexpr std::chrono::seconds kQuiet{2};

}  // namespace

void FrameFanout::Add(FrameOutlet& outlet) {
  const std::lock_guard guard(outlets_lock_);
  outlets_.push_back(&outlet);
  outlet_count_ = outlets_.size();
}

void FrameFanout::Remove(FrameOutlet& outlet) {
  const std::lock_guard guard(outlets_lock_);
  outlets_.erase(std::remove(outlets_.begin(), outlets_.end(), &outlet), outlets_.end());
  outlet_count_ = outlets_.size();
}

void FrameFanout::Drawn(const DrawnFrame& frame) {
  // A wish that had to wait is granted with the frame that is about to be encoded.
  if (TakeKeyFrameTurn()) force_key_frame_();
  const std::lock_guard guard(outlets_lock_);
  for (FrameOutlet* outlet : outlets_) outlet->OnDrawn(frame);
}

void FrameFanout::Encoded(GstBuffer* buffer, const DrawnFrame& frame) {
  bytes_ += gst_buffer_get_size(buffer);
  const bool key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (key) GrantKeyFrame();
  const std::lock_guard guard(outlets_lock_);
  for (FrameOutlet* outlet : outlets_) outlet->OnEncoded(buffer, key, frame);
}

void FrameFanout::RequestKeyFrame() {
  const std::lock_guard guard(key_lock_);
  key_wanted_ = true;
}

// Before it is handed out: who cannot use it wishes for another one.
void FrameFanout::GrantKeyFrame() {
  const std::lock_guard guard(key_lock_);
  key_wanted_ = false;
}

bool FrameFanout::TakeKeyFrameTurn() {
  const std::lock_guard guard(key_lock_);
  const auto now = std::chrono::steady_clock::now();
  if (!key_wanted_ || (now - last_key_ < kKeyFrameInterval && !second_)) return false;
  key_wanted_ = false;
  second_ = now - last_key_ > kQuiet;
  last_key_ = now;
  return true;
}

}  // namespace ball
