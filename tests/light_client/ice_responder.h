// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stun/stunagent.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/light_client/udp_port.h"

namespace ball {

// ICE as an ICE-lite agent does it (RFC 8445, section 2.5): it checks nothing, and answers who
// checks it. Main thread only.
class IceResponder {
 public:
  IceResponder();
  IceResponder(const IceResponder&) = delete;
  IceResponder& operator=(const IceResponder&) = delete;

  const std::string& ufrag() const { return ufrag_; }
  const std::string& password() const { return password_; }
  // Who may check us. Before that nobody may.
  void SetPeer(const std::string& ufrag) { username_ = ufrag_ + ":" + ufrag; }

  struct Reply {
    // Empty for what is no request or not signed with our password.
    std::vector<uint8_t> datagram;
    // The peer has chosen this way.
    bool nominated = false;
  };
  Reply Answer(Bytes datagram, const UdpAddress& from);

 private:
  const std::string ufrag_;
  const std::string password_;
  std::string username_;
  StunAgent agent_;
};

}  // namespace ball
