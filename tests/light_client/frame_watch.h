// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "plugins/rtp_timestamp.h"

namespace ball {

// Tells from the headers of the RTP packets, which SRTP leaves in the clear, when a frame is there.
// The payload is not looked at.
class FrameWatch {
 public:
  // Takes a packet: its frame's RTP timestamp where it is the last one (marker bit) of a frame of
  // which none is missing, else nothing. What is no RTP packet, RTCP too, is passed over.
  std::optional<RtpTimestamp> Receive(std::span<const uint8_t> packet);
  // Frames whose last packet came but not all of the others.
  size_t incomplete() const { return incomplete_; }

 private:
  std::optional<uint16_t> last_;
  bool last_ended_frame_ = true;
  bool whole_ = true;
  size_t incomplete_ = 0;
};

// How steadily something comes.
class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void Add(Time now);
  size_t count() const { return count_; }
  // Per second between the first and the last; 0 for fewer than two.
  double Rate() const;
  std::chrono::steady_clock::duration LongestGap() const { return longest_gap_; }

 private:
  size_t count_ = 0;
  Time first_;
  Time last_;
  std::chrono::steady_clock::duration longest_gap_{0};
};

}  // namespace ball
