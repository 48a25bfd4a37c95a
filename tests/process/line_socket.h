// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tests/process/file.h"

namespace ball {

// One end of a TCP connection, over loopback unless said otherwise, for peers that do what ours
// would not.
class LineSocket {
 public:
  explicit LineSocket(File socket);

  // `from` is an address of this machine to connect from.
  static LineSocket ConnectTo(int port, const std::string& address = "127.0.0.1",
                              const std::string& from = "");

  bool open() const { return socket_.open(); }
  // False where the other side does not take it.
  bool Send(std::string_view bytes) const;
  // The next line without its end; nothing when the connection ends or patience does.
  std::optional<std::string> ReadLine();
  // Whether the other side closes before patience ends. What it sent before is thrown away.
  bool AwaitEnd();
  void Close() { socket_.Close(); }

 private:
  // Bytes read, 0 at the end.
  size_t ReadMore();

  File socket_;
  std::string text_;
};

// Listens on a free port, of the loopback unless said otherwise.
class LineListener {
 public:
  explicit LineListener(const std::string& address = "127.0.0.1");

  int port() const { return port_; }
  LineSocket Accept() const;

 private:
  File socket_;
  int port_ = 0;
};

// A port of the loopback on which nobody listens, nor will while this object holds it.
class ClosedPort {
 public:
  ClosedPort();
  int number() const { return number_; }

 private:
  File socket_;
  int number_ = 0;
};

// A JSON string in its quotes.
std::string Quoted(std::string_view text);

}  // namespace ball
