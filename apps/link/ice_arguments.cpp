// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/ice_arguments.h"

#include <sstream>

#include "apps/link/text_file.h"

namespace ball {
namespace {

std::string Trimmed(const std::string& line) {
  constexpr char kSpace[] = " \t\r";
  const size_t first = line.find_first_not_of(kSpace);
  if (first == std::string::npos) return {};
  return line.substr(first, line.find_last_not_of(kSpace) - first + 1);
}

// Nothing longer is a list of servers.
constexpr size_t kMaxFile = 65535;

}  // namespace

IceArguments::IceArguments()
    : entries_{
          {{"ice-address", 0, 0, G_OPTION_ARG_STRING, &address_,
            "Media over this IP address of this machine only (default: loopback where "
            "signalling goes over it and no STUN or TURN server is elsewhere, else all)",
            "ADDRESS"},
           {"ice-port-range", 0, 0, G_OPTION_ARG_STRING, &port_range_,
            "UDP ports of this machine for media, 1 to 65535; a session takes one of each "
            "address (default: any free ones)",
            "MIN-MAX"},
           {"stun-server", 0, 0, G_OPTION_ARG_STRING, &stun_server_,
            "STUN server that tells which address this machine has outside of its NAT; port "
            "3478 unless said (default: none)",
            "HOST[:PORT]"},
           {"turn-server", 0, 0, G_OPTION_ARG_STRING_ARRAY, &turn_servers_,
            "TURN server that relays media, turn://USER:PASSWORD@HOST[:PORT][?transport=udp|"
            "tcp], or @FILE with one a line; can be given 8 times (default: none)",
            "URI|@FILE"},
           {"relay-only", 0, 0, G_OPTION_ARG_NONE, &relay_only_,
            "Media over the TURN servers only (default: where no shorter way is open)", nullptr},
           {}}} {}

IceArguments::~IceArguments() {
  for (char* text : {address_, port_range_, stun_server_}) g_free(text);
  g_strfreev(turn_servers_);
}

std::string IceArguments::Read(IceOptions* options) const {
  if (address_ != nullptr) options->address = address_;
  if (!options->address.empty() && !IsIpAddress(options->address)) {
    return "--ice-address takes an IP address";
  }
  if (port_range_ != nullptr) {
    options->ports = ParsePortRange(port_range_);
    if (!options->ports) {
      return "--ice-port-range takes MIN-MAX, two UDP ports from 1 to 65535, such as 40000-40100";
    }
  }
  if (stun_server_ != nullptr) {
    options->stun_server = ParseHostPort(stun_server_, kStunPort);
    if (!options->stun_server) return "--stun-server takes HOST[:PORT]";
  }
  for (char** text = turn_servers_; text != nullptr && *text != nullptr; ++text) {
    const bool file = **text == '@';
    std::string error = file ? ReadTurnFile(*text + 1, options) : ReadTurnServer(*text, options);
    if (!error.empty()) return "--turn-server" + error;
  }
  options->relay_only = relay_only_ != FALSE;
  return Contradiction(*options);
}

std::string IceArguments::ReadTurnServer(const std::string& text, IceOptions* options) {
  const TurnServerResult result = ParseTurnServer(text);
  if (!result.server) {
    return " takes turn://USER:PASSWORD@HOST[:PORT][?transport=udp|tcp] or @FILE: " + result.error;
  }
  options->turn_servers.push_back(*result.server);
  return {};
}

std::string IceArguments::ReadTurnFile(const std::string& path, IceOptions* options) {
  const std::string name = "=@" + path;
  const TextFile file = ReadTextFile(path, kMaxFile);
  if (file.too_long) return name + " is too long for a list of TURN servers";
  if (!file.error.empty()) return name + " cannot be read: " + file.error;
  std::istringstream lines(file.text);
  size_t number = 0;
  bool any = false;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line = Trimmed(line);
    if (line.empty() || line.front() == '#') continue;
    any = true;
    std::string error = ReadTurnServer(line, options);
    if (!error.empty()) return error.insert(0, name + ", line " + std::to_string(number));
  }
  return any ? "" : name + " names no TURN server";
}

}  // namespace ball
