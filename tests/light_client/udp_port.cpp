// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/light_client/udp_port.h"

#include <netinet/in.h>
#include <unistd.h>

#include <array>

namespace ball {
namespace {

// What SRTP and DTLS peers send stays below an Ethernet frame.
constexpr size_t kDatagram = 2048;
constexpr size_t kBatch = 32;
// Room for some frames of one key frame each, while other clients have their turn.
constexpr int kReceiveBuffer = 1 << 20;

void SetPort(UdpAddress* address, uint16_t port) {
  if (address->storage.ss_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(&address->storage)->sin6_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in*>(&address->storage)->sin_port = htons(port);
  }
}

uint16_t PortOf(const UdpAddress& address) {
  return ntohs(address.storage.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port);
}

// The system call's arguments, made once.
struct Batch {
  std::array<std::array<uint8_t, kDatagram>, kBatch> data;
  std::array<UdpAddress, kBatch> from;
  std::array<iovec, kBatch> vectors;
  std::array<mmsghdr, kBatch> messages{};

  Batch() {
    for (size_t i = 0; i < kBatch; ++i) {
      vectors[i] = {data[i].data(), kDatagram};
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      messages[i].msg_hdr.msg_name = &from[i].storage;
    }
  }

  size_t Receive(int fd) {
    for (mmsghdr& message : messages) message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    const int count = recvmmsg(fd, messages.data(), kBatch, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < count; ++i) from[i].size = messages[i].msg_hdr.msg_namelen;
    return count < 0 ? 0 : static_cast<size_t>(count);
  }
};

}  // namespace

UdpPort::UdpPort(const UdpAddress& local) {
  UdpAddress address = local;
  SetPort(&address, 0);
  fd_ = socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd_ < 0) return;
  setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  auto* name = reinterpret_cast<sockaddr*>(&address.storage);
  if (bind(fd_, name, address.size) != 0 || getsockname(fd_, name, &address.size) != 0) {
    close(fd_);
    fd_ = -1;
    return;
  }
  port_ = PortOf(address);
}

UdpPort::~UdpPort() {
  if (fd_ >= 0) close(fd_);
}

void UdpPort::ReceiveAll(const std::function<void(Bytes, const UdpAddress&)>& receive) const {
  static Batch batch;
  size_t count = kBatch;
  while (count == kBatch) {
    count = batch.Receive(fd_);
    for (size_t i = 0; i < count; ++i) {
      receive(Bytes(batch.data[i].data(), batch.messages[i].msg_len), batch.from[i]);
    }
  }
}

void UdpPort::Send(Bytes datagram, const UdpAddress& to) const {
  sendto(fd_, datagram.data(), datagram.size(), MSG_DONTWAIT,
         reinterpret_cast<const sockaddr*>(&to.storage), to.size);
}

}  // namespace ball
