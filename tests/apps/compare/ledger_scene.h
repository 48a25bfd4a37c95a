// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "apps/compare/truth_ledger.h"

namespace ball {

// Frame n is drawn at n * 10 ms with the ball at (n, 0), and sent 1 ms later with the timestamp n.
inline Instant Ms(double ms) {
  return Instant(std::chrono::hours(1)) + std::chrono::round<std::chrono::nanoseconds>(
                                              std::chrono::duration<double, std::milli>(ms));
}

inline SentFrame VisibleFrame(uint32_t n) {
  return {RtpTimestamp{n}, Ball{static_cast<double>(n), 0, 10}, Ms(n * 10.0), Ms(n * 10.0 + 1)};
}

inline SentFrame HiddenFrame(uint32_t n) {
  SentFrame frame = VisibleFrame(n);
  frame.truth.reset();
  return frame;
}

inline DrawnFrame Drawn(const SentFrame& frame) { return {frame.truth, frame.drawn}; }

inline CoordinateMessage FoundAt(std::optional<uint32_t> n, double x, double y = 0) {
  CoordinateMessage message;
  if (n) {
    message.rtp_timestamp = RtpTimestamp{*n};
  }
  message.found = true;
  message.x = x;
  message.y = y;
  return message;
}

inline CoordinateMessage NotFound(std::optional<uint32_t> n) {
  CoordinateMessage message = FoundAt(n, 0);
  message.found = false;
  return message;
}

inline void ExpectBalanced(const FrameCounts& frames) {
  EXPECT_EQ(frames.sent,
            frames.matched + frames.not_found + frames.late + frames.lost + frames.pending);
}

inline void ExpectBalanced(const MessageCounts& messages) {
  EXPECT_EQ(messages.received, messages.matched + messages.not_found + messages.late +
                                   messages.duplicate + messages.unknown + messages.unidentified +
                                   messages.malformed);
}

}  // namespace ball
