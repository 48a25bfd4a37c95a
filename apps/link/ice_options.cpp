// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/ice_options.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace ball {
namespace {

// RFC 1035.
constexpr size_t kMaxHost = 253;

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return {};
  return port;
}

bool IsIpv6(const std::string& text) {
  in6_addr ignored;
  return inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
}

bool IsHost(std::string_view host) {
  const auto allowed = [](char c) {
    return IsLetterOrDigit(c) || c == '.' || c == '-' || c == '_';
  };
  return !host.empty() && host.size() <= kMaxHost && std::all_of(host.begin(), host.end(), allowed);
}

bool IsLoopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

std::optional<char> ParseHex(std::string_view digits) {
  unsigned char value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return {};
  return static_cast<char>(value);
}

// Nothing where an escape is none, or gives a character that no name or password has.
std::optional<std::string> Unescape(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const auto escaped = ParseHex(text.substr(i + 1, 2));
      if (!escaped) return {};
      c = *escaped;
      i += 2;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return {};
    plain += c;
  }
  return plain;
}

std::string Escape(const std::string& plain) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  for (const char c : plain) {
    if (IsLetterOrDigit(c)) {
      text += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    text += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return text;
}

std::string Authority(const HostPort& server) {
  const bool ipv6 = server.host.find(':') != std::string::npos;
  return (ipv6 ? "[" + server.host + "]" : server.host) + ":" + std::to_string(server.port);
}

TurnServerResult Wrong(const std::string& error) { return {{}, error}; }

// An empty text, or what is wrong with "USER:PASSWORD".
std::string ParseAccount(std::string_view text, TurnServer* server) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return "it has no ':' between user and password";
  if (text.find(':', colon + 1) != std::string_view::npos) {
    return "more than one ':' stands before the '@': write %3A for one in the user or password";
  }
  const auto user = Unescape(text.substr(0, colon));
  const auto password = Unescape(text.substr(colon + 1));
  if (!user || !password) {
    return "user or password has a '%' without two hexadecimal digits, or a control character";
  }
  if (user->empty()) return "the user is missing";
  if (password->empty()) return "the password is missing";
  server->user = *user;
  server->password = *password;
  return {};
}

// An empty text, or what is wrong with what stands behind the '?'.
std::string ParseTransport(std::string_view text, TurnServer* server) {
  if (text == "transport=udp") {
    server->transport = TurnServer::Transport::kUdp;
  } else if (text == "transport=tcp") {
    server->transport = TurnServer::Transport::kTcp;
  } else {
    return "behind the '?' only transport=udp or transport=tcp may stand";
  }
  return {};
}

}  // namespace

std::optional<PortRange> ParsePortRange(std::string_view text) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first = ParsePort(text.substr(0, dash));
  const auto last = ParsePort(text.substr(dash + 1));
  if (!first || !last || *first > *last) return {};
  return PortRange{*first, *last};
}

std::optional<HostPort> ParseHostPort(std::string_view text, uint16_t default_port) {
  HostPort parsed{"", default_port};
  if (!text.empty() && text.front() == '[') {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return {};
    parsed.host = text.substr(1, end - 1);
    if (!IsIpv6(parsed.host)) return {};
    text.remove_prefix(end + 1);
  } else {
    const size_t end = std::min(text.find(':'), text.size());
    if (!IsHost(text.substr(0, end))) return {};
    parsed.host = text.substr(0, end);
    text.remove_prefix(end);
  }
  if (text.empty()) return parsed;
  const auto port = text.front() == ':' ? ParsePort(text.substr(1)) : std::nullopt;
  if (!port) return {};
  parsed.port = *port;
  return parsed;
}

TurnServerResult ParseTurnServer(std::string_view text) {
  constexpr std::string_view kScheme = "turn://";
  if (text.substr(0, 8) == "turns://") {
    return Wrong("turns:// is not supported; media is encrypted in itself, so turn:// will do");
  }
  if (text.substr(0, kScheme.size()) != kScheme) return Wrong("it does not begin with turn://");
  text.remove_prefix(kScheme.size());
  TurnServer server;
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos) return Wrong("it has no '@' between the account and the host");
  std::string error = ParseAccount(text.substr(0, at), &server);
  if (!error.empty()) return Wrong(error);
  text.remove_prefix(at + 1);
  const size_t query = text.find('?');
  if (query != std::string_view::npos) {
    error = ParseTransport(text.substr(query + 1), &server);
    if (!error.empty()) return Wrong(error);
  }
  const auto address = ParseHostPort(text.substr(0, query), kStunPort);
  if (!address) return Wrong("what stands behind the '@' is no HOST[:PORT]");
  server.server = *address;
  return {server, ""};
}

bool IsIpAddress(const std::string& text) {
  in_addr ignored;
  return inet_pton(AF_INET, text.c_str(), &ignored) == 1 || IsIpv6(text);
}

std::string Contradiction(const IceOptions& options) {
  if (options.relay_only && options.turn_servers.empty()) {
    return "--relay-only needs a --turn-server, whose addresses it is to use";
  }
  if (options.turn_servers.size() > kMaxTurnServers) {
    return "--turn-server can be given " + std::to_string(kMaxTurnServers) + " times at most";
  }
  return {};
}

bool NeedsNetwork(const IceOptions& options) {
  if (options.stun_server && !IsLoopback(options.stun_server->host)) return true;
  return std::any_of(
      options.turn_servers.begin(), options.turn_servers.end(),
      [](const TurnServer& turn_server) { return !IsLoopback(turn_server.server.host); });
}

std::string ToString(const PortRange& range) {
  return std::to_string(range.first) + "-" + std::to_string(range.last);
}

std::string StunUri(const HostPort& server) { return "stun://" + Authority(server); }

std::string TurnUri(const TurnServer& server) {
  // Without a transport webrtcbin would try both, and wait for the slower one.
  const bool tcp = server.transport == TurnServer::Transport::kTcp;
  return "turn://" + Escape(server.user) + ":" + Escape(server.password) + "@" +
         Authority(server.server) + "?transport=" + (tcp ? "tcp" : "udp");
}

}  // namespace ball
