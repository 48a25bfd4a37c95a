// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/ice_agent.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <nice/agent.h>
#include <nice/interfaces.h>

#include <array>
#include <chrono>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

namespace ball {
namespace {

constexpr std::chrono::milliseconds kReleaseLimit{1000};
// A check that was lost is repeated after so long, then after twice that, and so on. By itself
// libnice waits for 500.
constexpr guint kStunRepetition = 200;  // ms
constexpr gint kReceiveBuffer = 1024 * 1024;

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

Ref<NiceAgent> AgentOf(GObject* ice) {
  NiceAgent* agent = nullptr;
  g_object_get(ice, "agent", &agent, nullptr);
  return Ref<NiceAgent>::adopt(agent);
}

Ref<GObject> IceOf(GstElement* webrtcbin) {
  GObject* ice = nullptr;
  g_object_get(webrtcbin, "ice-agent", &ice, nullptr);
  return Ref<GObject>::adopt(ice);
}

std::string NumericAddress(const sockaddr* ipv4) {
  std::array<char, INET_ADDRSTRLEN> text{};
  inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(ipv4)->sin_addr, text.data(),
            text.size());
  return text.data();
}

bool IsBridgeOfThisMachine(const ifaddrs& interface) {
  const std::string_view name = interface.ifa_name;
  if ((interface.ifa_flags & IFF_RUNNING) == 0 || interface.ifa_addr == nullptr) return false;
  return interface.ifa_addr->sa_family == AF_INET &&
         (name.rfind("docker", 0) == 0 || name.rfind("virbr", 0) == 0);
}

// This machine's addresses on its bridges to containers and virtual machines, which libnice as
// Debian builds it leaves out: without them a peer on such a bridge is out of reach, since libnice
// binds each socket to its interface.
std::vector<std::string> BridgeAddresses() {
  ifaddrs* interfaces = nullptr;
  std::vector<std::string> addresses;
  if (getifaddrs(&interfaces) != 0) return addresses;
  for (const ifaddrs* one = interfaces; one != nullptr; one = one->ifa_next) {
    if (IsBridgeOfThisMachine(*one)) addresses.push_back(NumericAddress(one->ifa_addr));
  }
  freeifaddrs(interfaces);
  return addresses;
}

// A main context of the calling thread's own, in which it gets the replies of what it starts.
class OwnContext {
 public:
  OwnContext() : context_(Ref<GMainContext>::adopt(g_main_context_new())) {
    g_main_context_push_thread_default(context_.get());
  }
  ~OwnContext() { g_main_context_pop_thread_default(context_.get()); }
  OwnContext(const OwnContext&) = delete;
  OwnContext& operator=(const OwnContext&) = delete;

  GMainContext* get() const { return context_.get(); }

 private:
  const Ref<GMainContext> context_;
};

}  // namespace

void ConfigureIce(GstElement* webrtcbin, const IceOptions& options) {
  const auto ice = IceOf(webrtcbin);
  // TCP candidates only lengthen the description and the checks.
  g_object_set(ice.get(), "ice-tcp", FALSE, nullptr);
  // The search for a UPnP gateway costs 200 ms at each start.
  g_object_set(AgentOf(ice.get()).get(), "upnp", FALSE, "stun-initial-timeout", kStunRepetition,
               nullptr);
  if (options.ports) {
    g_object_set(ice.get(), "min-rtp-port", guint{options.ports->first}, "max-rtp-port",
                 guint{options.ports->last}, nullptr);
  }
  if (!options.address.empty()) AddLocalAddress(webrtcbin, options.address);
  AddServers(webrtcbin, options);
  if (options.relay_only) {
    g_object_set(webrtcbin, "ice-transport-policy", GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY, nullptr);
  }
}

void ReleaseRelays(GstElement* webrtcbin) {
  const auto agent = AgentOf(IceOf(webrtcbin).get());
  const OwnContext context;
  bool over = false;
  const auto limit = Ref<GSource>::adopt(g_timeout_source_new(kReleaseLimit.count()));
  const auto on_limit = [](gpointer data) -> gboolean {
    *static_cast<bool*>(data) = true;
    return G_SOURCE_REMOVE;
  };
  g_source_set_callback(limit.get(), on_limit, &over, nullptr);
  g_source_attach(limit.get(), context.get());
  const auto on_closed = [](GObject*, GAsyncResult*, gpointer data) {
    *static_cast<bool*>(data) = true;
  };
  // Where the limit comes first nobody runs the context any more, and so the callback neither.
  nice_agent_close_async(agent.get(), on_closed, &over);
  while (!over) g_main_context_iteration(context.get(), TRUE);
  g_source_destroy(limit.get());
}

bool HasCandidate(const std::string& sdp) { return sdp.find("\na=candidate:") != sdp.npos; }

bool OffersLoopback(const std::string& sdp) {
  std::istringstream lines(sdp);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("a=candidate:", 0) != 0) continue;
    // RFC 8839, section 5.1: foundation, component, transport, priority, address.
    std::istringstream words(line);
    std::string word;
    for (int i = 0; i < 5; ++i) words >> word;
    const auto address = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(word.c_str()));
    if (address && g_inet_address_get_is_loopback(address.get())) return true;
  }
  return false;
}

void AddLocalAddress(GstElement* webrtcbin, const std::string& address) {
  gboolean added = FALSE;
  g_signal_emit_by_name(IceOf(webrtcbin).get(), "add-local-ip-address", address.c_str(), &added);
}

void AddBridgeAddresses(GstElement* webrtcbin) {
  const std::vector<std::string> bridges = BridgeAddresses();
  if (bridges.empty()) return;
  // Adding one address takes libnice's own choice away.
  GList* usual = nice_interfaces_get_local_ips(FALSE);
  for (const GList* one = usual; one != nullptr; one = one->next) {
    AddLocalAddress(webrtcbin, static_cast<const char*>(one->data));
  }
  g_list_free_full(usual, g_free);
  for (const std::string& address : bridges) AddLocalAddress(webrtcbin, address);
}

void EnlargeReceiveBuffers(GstElement* webrtcbin) {
  const auto agent = AgentOf(IceOf(webrtcbin).get());
  // Streams count from 1; there is no list where there is no further one.
  for (guint stream = 1;; ++stream) {
    const auto sockets =
        Ref<GPtrArray>::adopt(nice_agent_get_sockets(agent.get(), stream, NICE_COMPONENT_TYPE_RTP));
    if (!sockets) return;
    for (guint i = 0; i < sockets->len; ++i) {
      g_socket_set_option(G_SOCKET(g_ptr_array_index(sockets.get(), i)), SOL_SOCKET, SO_RCVBUF,
                          kReceiveBuffer, nullptr);
    }
  }
}

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
