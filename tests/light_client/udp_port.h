// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace ball {

using Bytes = std::span<const uint8_t>;

// An address as the socket calls have it.
struct UdpAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

// A UDP socket on a free port of one of this machine's addresses. Main thread only.
class UdpPort {
 public:
  explicit UdpPort(const UdpAddress& local);
  ~UdpPort();
  UdpPort(const UdpPort&) = delete;
  UdpPort& operator=(const UdpPort&) = delete;

  // Below 0 where the address cannot be bound to.
  int fd() const { return fd_; }
  uint16_t port() const { return port_; }
  // Everything that waits, some ten datagrams a system call.
  void ReceiveAll(const std::function<void(Bytes, const UdpAddress&)>& receive) const;
  // Lost where the socket cannot take it, as on the network.
  void Send(Bytes datagram, const UdpAddress& to) const;

 private:
  int fd_ = -1;
  uint16_t port_ = 0;
};

}  // namespace ball
