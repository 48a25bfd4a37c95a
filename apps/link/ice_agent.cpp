// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/ice_agent.h"

#include <utility>

namespace ball {
namespace {

// Whether `address` can be bound to at that UDP port, 0 for any: G_IO_ERROR_ADDRESS_IN_USE and the
// like say why not.
OwnedError TryPort(GInetAddress* address, guint16 port) {
  GError* error = nullptr;
  const auto socket = Ref<GSocket>::adopt(g_socket_new(
      g_inet_address_get_family(address), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error));
  if (!socket) return OwnedError(error);
  const auto end = Ref<GSocketAddress>::adopt(g_inet_socket_address_new(address, port));
  g_socket_bind(socket.get(), end.get(), FALSE, &error);
  return OwnedError(error);
}

bool AnyPortFree(GInetAddress* address, const PortRange& range) {
  for (guint port = range.first; port <= range.last; ++port) {
    if (!TryPort(address, static_cast<guint16>(port))) return true;
  }
  return false;
}

// libwebrtcnice writes a TURN server's URI, which holds the password, to its debug log.
class Unlogged {
 public:
  Unlogged() : active_(gst_debug_is_active()) { gst_debug_set_active(FALSE); }
  ~Unlogged() { gst_debug_set_active(active_); }
  Unlogged(const Unlogged&) = delete;
  Unlogged& operator=(const Unlogged&) = delete;

 private:
  const gboolean active_;
};

void AddServers(GstElement* webrtcbin, const IceOptions& options) {
  if (options.stun_server) {
    g_object_set(webrtcbin, "stun-server", StunUri(*options.stun_server).c_str(), nullptr);
  }
  const Unlogged unlogged;
  for (const TurnServer& server : options.turn_servers) {
    gboolean added = FALSE;
    g_signal_emit_by_name(webrtcbin, "add-turn-server", TurnUri(server).c_str(), &added);
  }
}

}  // namespace

void ConfigureIce(GstElement* webrtcbin, const IceOptions& options) {
  GObject* raw_ice = nullptr;
  g_object_get(webrtcbin, "ice-agent", &raw_ice, nullptr);
  const auto ice = Ref<GObject>::adopt(raw_ice);
  // TCP candidates only lengthen the description and the checks.
  g_object_set(ice.get(), "ice-tcp", FALSE, nullptr);
  GObject* raw_agent = nullptr;
  g_object_get(ice.get(), "agent", &raw_agent, nullptr);
  const auto agent = Ref<GObject>::adopt(raw_agent);
  // The search for a UPnP gateway costs 200 ms at each start.
  g_object_set(agent.get(), "upnp", FALSE, nullptr);
  if (options.ports) {
    g_object_set(ice.get(), "min-rtp-port", guint{options.ports->first}, "max-rtp-port",
                 guint{options.ports->last}, nullptr);
  }
  if (!options.address.empty()) {
    gboolean added = FALSE;
    g_signal_emit_by_name(ice.get(), "add-local-ip-address", options.address.c_str(), &added);
  }
  AddServers(webrtcbin, options);
  if (options.relay_only) {
    g_object_set(webrtcbin, "ice-transport-policy", GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY, nullptr);
  }
}

bool HasCandidate(const std::string& sdp) { return sdp.find("\na=candidate:") != sdp.npos; }

std::string WhyNoCandidate(const IceOptions& options) {
  const auto address = Ref<GInetAddress>::adopt(
      options.address.empty() ? g_inet_address_new_any(G_SOCKET_FAMILY_IPV4)
                              : g_inet_address_new_from_string(options.address.c_str()));
  const OwnedError unbound = address ? TryPort(address.get(), 0) : nullptr;
  if (unbound) {
    return "no address for media: this machine cannot use --ice-address " + options.address + " (" +
           unbound->message + ")";
  }
  if (options.ports && address && !AnyPortFree(address.get(), *options.ports)) {
    return "no address for media: no UDP port of --ice-port-range " + ToString(*options.ports) +
           " is free";
  }
  if (options.relay_only) {
    return "no address for media: no --turn-server gives a relay address; check that it runs, its "
           "address, user and password";
  }
  return "no address for media: this machine has no network but loopback; give --ice-address";
}

}  // namespace ball
