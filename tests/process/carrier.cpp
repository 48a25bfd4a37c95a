// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/process/carrier.h"

#include <sstream>

namespace ball {

std::vector<OfferedAddress> AddressesIn(const std::string& message) {
  constexpr char kStart[] = "a=candidate:";
  std::vector<OfferedAddress> addresses;
  for (size_t at = message.find(kStart); at != message.npos; at = message.find(kStart, at + 1)) {
    std::istringstream words(message.substr(at, message.find('\\', at) - at));
    std::string ignored;
    OfferedAddress offered;
    // candidate:FOUNDATION COMPONENT UDP PRIORITY ADDRESS PORT typ TYPE
    words >> ignored >> ignored >> ignored >> ignored >> offered.address >> offered.port >>
        ignored >> offered.type;
    addresses.push_back(offered);
  }
  return addresses;
}

std::optional<std::string> SignallingCarrier::Carry(LineSocket& from, const LineSocket& to) {
  auto line = from.ReadLine();
  if (!line || !to.Send(*line + "\n")) return {};
  return line;
}

bool SignallingCarrier::CarryDescriptions(int server_port, const std::string& server) {
  client_.emplace(listener_.Accept());
  server_.emplace(LineSocket::ConnectTo(server_port, server));
  if (!client_->open() || !server_->open()) return false;
  offer_ = Carry(*server_, *client_).value_or("");
  if (offer_.find("\"offer\"") == offer_.npos) return false;
  answer_ = Carry(*client_, *server_).value_or("");
  return answer_.find("\"answer\"") != answer_.npos;
}

bool SignallingCarrier::CarryByes() {
  return Carry(*client_, *server_) && Carry(*server_, *client_);
}

}  // namespace ball
