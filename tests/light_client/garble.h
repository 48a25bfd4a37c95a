// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "plugins/rtp_timestamp.h"

namespace ball {

// What a hostile client sends on its data channel in the place of coordinates.
struct Garble {
  std::string bytes;
  bool binary = false;
};

// None of them is a coordinate message.
inline const std::vector<Garble>& MalformedMessages() {
  static const std::vector<Garble> kMessages = {
      {std::string("\x00\x01\xfe\xff{}\x00", 7), true},
      {std::string(65536, '\xff'), true},
      {std::string(65536, 'x')},
      {"{\"x\":" + std::string(65530, '1') + "}"},
      {"{\"x\":NaN,\"y\":1}"},
      {"nan,nan"},
      {"{\"x\":Infinity,\"y\":-Infinity}"},
      {"inf,1"},
      {"{\"x\":1e308,\"y\":1e308}"},
      {"1e308,-1e308"},
      {"{\"x\":1e999,\"y\":0}"},
      {"{\"rtp_timestamp\":4294967296,\"x\":1,\"y\":1}"},
      {"{\"rtp_timestamp\":-1,\"x\":1,\"y\":1}"},
      {"{\"rtp_timestamp\":1e308,\"x\":1,\"y\":1}"},
      {"{\"x\":1,\"x\":2,\"y\":1}"},
      {"{\"x\":\"1\",\"y\":1}"},
      {std::string(60000, '[')},
      {"\xc3\x28,\x1b[31m"},
  };
  return kMessages;
}

// A message for a frame that this session did not send.
inline std::string ForFrame(RtpTimestamp frame) {
  return "{\"rtp_timestamp\":" + std::to_string(frame.value) + ",\"x\":1,\"y\":1}";
}

// An hour ahead, at 90 kHz.
inline constexpr uint32_t kFuture = 90000u * 3600;

}  // namespace ball
