// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/remote_candidate.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "apps/link/glib_ptr.h"
#include "apps/link/session_description.h"

namespace ball {
namespace {

struct AddressAndPort {
  std::string address;
  std::string port;
};

// Of a line that IsCandidate: foundation, component, transport, priority, address, port.
AddressAndPort Where(const std::string& candidate) {
  std::istringstream words(candidate);
  std::string skipped;
  AddressAndPort where;
  words >> skipped >> skipped >> skipped >> skipped >> where.address >> where.port;
  return where;
}

// An IPv4 address in IPv6's clothes (::ffff:127.0.0.1) is what it is.
Ref<GInetAddress> WithoutDisguise(Ref<GInetAddress> address) {
  static constexpr std::array<guint8, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const guint8* bytes = g_inet_address_to_bytes(address.get());
  const bool mapped = g_inet_address_get_family(address.get()) == G_SOCKET_FAMILY_IPV6 &&
                      std::equal(kMapped.begin(), kMapped.end(), bytes);
  if (!mapped) return address;
  return Ref<GInetAddress>::adopt(
      g_inet_address_new_from_bytes(bytes + kMapped.size(), G_SOCKET_FAMILY_IPV4));
}

// 0.0.0.0/8 is this network, 240.0.0.0/4 is reserved, the last of it broadcast (RFC 6890).
bool IsNobodys(GInetAddress* address) {
  if (g_inet_address_get_is_any(address) != FALSE) return true;
  if (g_inet_address_get_family(address) != G_SOCKET_FAMILY_IPV4) return false;
  const guint8 first = *g_inet_address_to_bytes(address);
  return first == 0 || first >= 240;
}

}  // namespace

std::string WhyNotTried(const std::string& candidate, bool loopback) {
  if (!IsCandidate(candidate)) return "it has not the form of one";
  const AddressAndPort where = Where(candidate);
  auto parsed = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(where.address.c_str()));
  if (!parsed) return "its address is a name, and names are not looked up";
  if (where.port == "0") return "it has no port";
  const auto address = WithoutDisguise(std::move(parsed));
  if (IsNobodys(address.get())) return "its address is nobody's";
  if (g_inet_address_get_is_multicast(address.get()) != FALSE) return "its address is a group's";
  if (!loopback && g_inet_address_get_is_loopback(address.get()) != FALSE) {
    return "its address is this machine's loopback, over which the peer does not signal";
  }
  return {};
}

}  // namespace ball
