// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/apps/link/raw_peer.h"

#include <sys/socket.h>

#include <algorithm>
#include <vector>

#include "tests/run_until.h"

namespace ball {

RawPeer::RawPeer(int port, const char* host) {
  const auto client = Ref<GSocketClient>::adopt(g_socket_client_new());
  const auto address = Ref<GSocketAddress>::adopt(
      g_inet_socket_address_new_from_string(host, static_cast<guint>(port)));
  GError* raw_error = nullptr;
  connection_ = Ref<GSocketConnection>::adopt(g_socket_client_connect(
      client.get(), G_SOCKET_CONNECTABLE(address.get()), nullptr, &raw_error));
  const OwnedError error(raw_error);
  if (connection_) g_socket_set_blocking(socket(), FALSE);
}

std::string RawPeer::Name() const {
  const auto address = Ref<GSocketAddress>::adopt(g_socket_get_local_address(socket(), nullptr));
  const OwnedString name(g_socket_connectable_to_string(G_SOCKET_CONNECTABLE(address.get())));
  return name.get();
}

bool RawPeer::Write(std::string_view bytes) {
  bool broken = false;
  RunUntil([&] {
    GError* raw_error = nullptr;
    const gssize count = g_socket_send(socket(), bytes.data(), bytes.size(), nullptr, &raw_error);
    const OwnedError error(raw_error);
    if (count > 0) bytes.remove_prefix(static_cast<size_t>(count));
    broken = error && !g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
    return broken || bytes.empty();
  });
  return bytes.empty();
}

std::string RawPeer::Read(size_t size) {
  std::string text;
  std::vector<char> piece(65536);
  bool ended = false;
  RunUntil([&] {
    const size_t most = std::min(piece.size(), size - text.size());
    GError* raw_error = nullptr;
    const gssize count = g_socket_receive(socket(), piece.data(), most, nullptr, &raw_error);
    const OwnedError error(raw_error);
    if (count > 0) text.append(piece.data(), static_cast<size_t>(count));
    ended =
        count == 0 || (error && !g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
    return ended || text.size() == size;
  });
  return text;
}

std::string RawPeer::ReadToEnd() { return Read(std::string::npos); }

void RawPeer::ShutDownWriting() { g_socket_shutdown(socket(), FALSE, TRUE, nullptr); }

void RawPeer::Close() { g_io_stream_close(G_IO_STREAM(connection_.get()), nullptr, nullptr); }

void RawPeer::Reset() {
  const linger at_once = {1, 0};
  setsockopt(g_socket_get_fd(socket()), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  Close();
}

}  // namespace ball
