// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/light_client/frame_watch.h"

#include <algorithm>

namespace ball {
namespace {

constexpr size_t kRtpHeader = 12;

// RFC 5761, section 4: where both come on one port, these second bytes are RTCP's.
bool IsRtcp(uint8_t second) { return second >= 192 && second <= 223; }

bool IsRtp(std::span<const uint8_t> packet) {
  return packet.size() >= kRtpHeader && (packet[0] >> 6) == 2 && !IsRtcp(packet[1]);
}

uint16_t SequenceNumber(std::span<const uint8_t> packet) {
  return static_cast<uint16_t>(packet[2] << 8 | packet[3]);
}

RtpTimestamp Timestamp(std::span<const uint8_t> packet) {
  uint32_t value = 0;
  for (size_t i = 4; i < 8; ++i) value = value << 8 | packet[i];
  return RtpTimestamp{value};
}

}  // namespace

std::optional<RtpTimestamp> FrameWatch::Receive(std::span<const uint8_t> packet) {
  if (!IsRtp(packet)) return {};
  const uint16_t number = SequenceNumber(packet);
  const auto ahead = last_ ? static_cast<int16_t>(static_cast<uint16_t>(number - *last_)) : 1;
  // Repeated, or overtaken: its frame was given up already.
  if (ahead <= 0) return {};
  if (ahead > 1) {
    whole_ = false;
  } else if (last_ended_frame_) {
    whole_ = true;
  }
  last_ = number;
  last_ended_frame_ = (packet[1] & 0x80) != 0;
  if (!last_ended_frame_) return {};
  if (whole_) return Timestamp(packet);
  ++incomplete_;
  return {};
}

void Pace::Add(Time now) {
  if (count_++ == 0) {
    first_ = now;
  } else {
    longest_gap_ = std::max(longest_gap_, now - last_);
  }
  last_ = now;
}

double Pace::Rate() const {
  if (count_ < 2 || last_ <= first_) return 0;
  return static_cast<double>(count_ - 1) / std::chrono::duration<double>(last_ - first_).count();
}

}  // namespace ball
