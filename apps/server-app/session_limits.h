// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <string>

namespace ball {

// How long each phase of a session may take. 0: without end.
//
//   connection -> [hello] -> offer -> [answer] -> [ice] -> [dtls] -> streaming
//                                          streaming: [first coordinate], [idle] again and again
struct SessionLimits {
  // From the offer to the whole answer.
  std::chrono::milliseconds answer{15000};
  // From the answer to a network path.
  std::chrono::milliseconds ice{15000};
  // From the network path to the peer's checked certificate.
  std::chrono::milliseconds dtls{10000};
  // From the first frame to the first coordinates. Who only watches sends none.
  std::chrono::milliseconds first_coordinate{0};
  // Without any packet from the peer. RTCP alone comes every 6 s or more often.
  std::chrono::milliseconds idle{10000};
};

// Why a session is over whose time ran out: "no answer within 15 s (--answer-timeout)".
std::string TimedOut(const std::string& what, std::chrono::milliseconds limit,
                     const std::string& option);

}  // namespace ball
