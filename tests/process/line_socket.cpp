// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/process/line_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <utility>

#include "tests/process/child.h"

namespace ball {
namespace {

sockaddr_in At(const std::string& host, int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return address;
}

File NewSocket() { return File(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

// accept waits no longer than reading does.
void LimitWaiting(const File& socket) {
  const timeval limit = {kPatience.count(), 0};
  setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

// Binds the socket; 0 where it cannot.
int TakeFreePort(const File& socket, const std::string& address) {
  sockaddr_in end = At(address, 0);
  socklen_t size = sizeof end;
  auto* generic = reinterpret_cast<sockaddr*>(&end);
  const bool taken = bind(socket.number(), generic, size) == 0 &&
                     getsockname(socket.number(), generic, &size) == 0;
  return taken ? ntohs(end.sin_port) : 0;
}

}  // namespace

LineSocket::LineSocket(File socket) : socket_(std::move(socket)) { LimitWaiting(socket_); }

LineSocket LineSocket::ConnectTo(int port, const std::string& address, const std::string& from) {
  File socket = NewSocket();
  if (!from.empty()) {
    const sockaddr_in own = At(from, 0);
    bind(socket.number(), reinterpret_cast<const sockaddr*>(&own), sizeof own);
  }
  const sockaddr_in end = At(address, port);
  if (connect(socket.number(), reinterpret_cast<const sockaddr*>(&end), sizeof end) != 0) {
    socket.Close();
  }
  return LineSocket(std::move(socket));
}

bool LineSocket::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

size_t LineSocket::ReadMore() {
  std::array<char, 16384> bytes;
  const ssize_t count = recv(socket_.number(), bytes.data(), bytes.size(), 0);
  if (count > 0) text_.append(bytes.data(), static_cast<size_t>(count));
  return count > 0 ? static_cast<size_t>(count) : 0;
}

std::optional<std::string> LineSocket::ReadLine() {
  while (text_.find('\n') == std::string::npos) {
    if (ReadMore() == 0) return {};
  }
  const size_t end = text_.find('\n');
  std::string line = text_.substr(0, end);
  text_.erase(0, end + 1);
  return line;
}

bool LineSocket::AwaitEnd() {
  const auto limit = std::chrono::steady_clock::now() + kPatience;
  // A connection that is broken off has ended, too; one that is only silent fails with EAGAIN.
  while (ReadMore() != 0) {
  }
  return std::chrono::steady_clock::now() < limit;
}

LineListener::LineListener(const std::string& address)
    : socket_(NewSocket()), port_(TakeFreePort(socket_, address)) {
  LimitWaiting(socket_);
  listen(socket_.number(), 8);
}

LineSocket LineListener::Accept() const {
  return LineSocket(File(accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC)));
}

ClosedPort::ClosedPort() : socket_(NewSocket()), number_(TakeFreePort(socket_, "127.0.0.1")) {}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\r') {
      quoted += "\\r";
    } else if (c == '\n') {
      quoted += "\\n";
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace ball
