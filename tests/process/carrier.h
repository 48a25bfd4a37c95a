// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/process/line_socket.h"

namespace ball {

// An address that a peer offers for its media.
struct OfferedAddress {
  // "host", "srflx" or "relay".
  std::string type;
  std::string address;
  int port = 0;
};

// Those in a signalling message, as it went over the wire.
std::vector<OfferedAddress> AddressesIn(const std::string& message);

// Between a server and a client: hands their messages over and keeps the descriptions.
class SignallingCarrier {
 public:
  explicit SignallingCarrier(const std::string& address = "127.0.0.1") : listener_(address) {}

  // Where the client is to connect.
  int port() const { return listener_.port(); }

  // Awaits the client, and hands offer and answer over. False where one of them does not come.
  bool CarryDescriptions(int server_port, const std::string& server = "127.0.0.1");
  // The client's bye, then the server's.
  bool CarryByes();

  // For what neither of them says.
  LineSocket& to_client() { return *client_; }
  LineSocket& to_server() { return *server_; }

  // As JSON.
  const std::string& offer() const { return offer_; }
  const std::string& answer() const { return answer_; }

 private:
  static std::optional<std::string> Carry(LineSocket& from, const LineSocket& to);

  LineListener listener_;
  std::optional<LineSocket> client_;
  std::optional<LineSocket> server_;
  std::string offer_;
  std::string answer_;
};

}  // namespace ball
