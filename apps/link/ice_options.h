// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ball {

// UDP ports, both ends included; 1 to 65535.
struct PortRange {
  uint16_t first = 0;
  uint16_t last = 0;

  friend bool operator==(const PortRange&, const PortRange&) = default;
};

// A server by name or address. An IPv6 address has no brackets here.
struct HostPort {
  std::string host;
  uint16_t port = 0;

  friend bool operator==(const HostPort&, const HostPort&) = default;
};

// A relay (RFC 8656) and the account on it. The password must not get into any message or log.
struct TurnServer {
  // How we reach the server; the relayed media itself is UDP.
  enum class Transport { kUdp, kTcp };

  HostPort server;
  std::string user;
  std::string password;
  Transport transport = Transport::kUdp;

  friend bool operator==(const TurnServer&, const TurnServer&) = default;
};

// Which addresses a peer offers for its media.
struct IceOptions {
  // Gather candidates on this address of this machine only; on all but loopback where empty.
  std::string address;
  // Any free port where absent. Each session takes one port of each address.
  std::optional<PortRange> ports;
  // Tells a peer behind a NAT which address it has outside.
  std::optional<HostPort> stun_server;
  // At most kMaxTurnServers.
  std::vector<TurnServer> turn_servers;
  // Offer and use addresses of the TURN servers, no other.
  bool relay_only = false;
};

// libnice takes no more.
constexpr size_t kMaxTurnServers = 8;
// RFC 8489 and RFC 8656, without TLS.
constexpr uint16_t kStunPort = 3478;

// "40000-40100".
std::optional<PortRange> ParsePortRange(std::string_view text);

// "HOST", "HOST:PORT", "[IPV6]" or "[IPV6]:PORT".
std::optional<HostPort> ParseHostPort(std::string_view text, uint16_t default_port);

struct TurnServerResult {
  std::optional<TurnServer> server;
  // Where there is none: what is wrong, without any part of the text, which holds a password.
  std::string error;
};

// "turn://USER:PASSWORD@HOST[:PORT][?transport=udp|tcp]". What a URI cannot hold is written as
// %XX in user and password.
TurnServerResult ParseTurnServer(std::string_view text);

// Whether this is a numeric IPv4 or IPv6 address.
bool IsIpAddress(const std::string& text);

// What of the options does not go together, in one sentence; empty where all does.
std::string Contradiction(const IceOptions& options);

// Whether a STUN or TURN server may be out of the loopback's reach.
bool NeedsNetwork(const IceOptions& options);

// "40000-40100".
std::string ToString(const PortRange& range);

// As GStreamer's webrtcbin takes them: every special character of user and password is escaped. The
// one of a TURN server holds its password.
std::string StunUri(const HostPort& server);
std::string TurnUri(const TurnServer& server);

}  // namespace ball
