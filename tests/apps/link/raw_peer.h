// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

#include "apps/link/glib_ptr.h"

namespace ball {

// The other end of a signalling connection, byte by byte: a TCP client of this machine that does
// what no peer of ours would do.
class RawPeer {
 public:
  // Connects to 127.0.0.1, or to ::1.
  explicit RawPeer(int port, const char* host = "127.0.0.1");

  bool connected() const { return static_cast<bool>(connection_); }
  Ref<GSocketConnection> connection() const { return connection_; }
  // "ADDRESS:PORT" of this end.
  std::string Name() const;

  // Waits, with the main context running, until all of it is written; false if the other end closes
  // first.
  bool Write(std::string_view bytes);
  // Waits, with the main context running, for so many bytes more; fewer where the other end closes.
  std::string Read(size_t size);
  // All that comes until the other end closes.
  std::string ReadToEnd();

  // No more bytes from here; the other direction stays open.
  void ShutDownWriting();
  void Close();
  // As a program that crashes with unread data: the other end gets an error instead of an end.
  void Reset();

 private:
  GSocket* socket() const { return g_socket_connection_get_socket(connection_.get()); }

  Ref<GSocketConnection> connection_;
};

}  // namespace ball
