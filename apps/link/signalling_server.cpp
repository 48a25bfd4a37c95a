// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/signalling_server.h"

#include <utility>

namespace ball {
namespace {

// Of connections that wait to be accepted. With GLib's 10 a burst of them overflows, and the next
// ones wait for their system to try again: a second, then two, then four.
constexpr int kBacklog = 256;

std::string Advice(const GError& error) {
  if (g_error_matches(&error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)) {
    return "another program uses this port: stop it, or choose another with --port (0 takes any "
           "free one)";
  }
  if (g_error_matches(&error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED)) {
    return "ports below 1024 need privileges: choose another with --port";
  }
  return "give --host an address of this machine (127.0.0.1 for this machine only, 0.0.0.0 for all "
         "its addresses)";
}

// The addresses that `host` stands for; numeric ones need no name server.
Ref<GSocketAddress> Resolve(const std::string& host, int port, GError** error) {
  auto numeric = Ref<GSocketAddress>::adopt(
      g_inet_socket_address_new_from_string(host.c_str(), static_cast<guint>(port)));
  if (numeric) return numeric;
  const auto resolver = Ref<GResolver>::adopt(g_resolver_get_default());
  GList* found = g_resolver_lookup_by_name(resolver.get(), host.c_str(), nullptr, error);
  if (found == nullptr) return {};
  auto address = Ref<GSocketAddress>::adopt(
      g_inet_socket_address_new(G_INET_ADDRESS(found->data), static_cast<guint16>(port)));
  g_resolver_free_addresses(found);
  return address;
}

bool IsLoopback(GInetAddress* address) { return g_inet_address_get_is_loopback(address) != FALSE; }

}  // namespace

bool ReachedFromOutside(const std::string& host) {
  const auto numeric = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(host.c_str()));
  if (numeric) return !IsLoopback(numeric.get());
  const auto resolver = Ref<GResolver>::adopt(g_resolver_get_default());
  GList* found = g_resolver_lookup_by_name(resolver.get(), host.c_str(), nullptr, nullptr);
  bool outside = false;
  for (const GList* one = found; one != nullptr; one = one->next) {
    outside = outside || !IsLoopback(G_INET_ADDRESS(one->data));
  }
  g_resolver_free_addresses(found);
  return outside;
}

SignallingServer::SignallingServer() = default;

SignallingServer::~SignallingServer() { Stop(); }

void SignallingServer::Guard(ConnectionLimits& limits,
                             std::function<void(const std::string&)> on_note) {
  limits_ = &limits;
  on_note_ = std::move(on_note);
}

void SignallingServer::WantTls(TlsDoor::Settings settings) {
  TlsDoor::Events events;
  events.on_secured = [this](Ref<GSocketConnection> secured, TlsDoor::Place place) {
    HandOut(std::move(secured), std::move(place));
  };
  events.on_note = on_note_;
  tls_door_ = std::make_unique<TlsDoor>(std::move(settings), std::move(events));
}

std::string SignallingServer::Listen(const std::string& host, int port,
                                     OnConnection on_connection) {
  on_connection_ = std::move(on_connection);
  service_ = Ref<GSocketService>::adopt(g_socket_service_new());
  g_socket_listener_set_backlog(G_SOCKET_LISTENER(service_.get()), kBacklog);
  GError* raw_error = nullptr;
  Ref<GSocketAddress> bound;
  if (const auto wanted = Resolve(host, port, &raw_error)) {
    GSocketAddress* effective = nullptr;
    g_socket_listener_add_address(G_SOCKET_LISTENER(service_.get()), wanted.get(),
                                  G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr, &effective,
                                  &raw_error);
    bound = Ref<GSocketAddress>::adopt(effective);
  }
  const OwnedError error(raw_error);
  if (!bound) {
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return "cannot listen on " + name + ":" + std::to_string(port) + " (" + error->message +
           "): " + Advice(*error);
  }
  port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound.get()));
  incoming_ = SignalHandler(service_.get(), "incoming", G_CALLBACK(OnIncoming), this);
  g_socket_service_start(service_.get());
  return {};
}

void SignallingServer::Stop() {
  incoming_.Disconnect();
  tls_door_.reset();
  if (!service_) return;
  g_socket_service_stop(service_.get());
  g_socket_listener_close(G_SOCKET_LISTENER(service_.get()));
  service_ = {};
}

gboolean SignallingServer::OnIncoming(GSocketService*, GSocketConnection* connection, GObject*,
                                      gpointer self) {
  static_cast<SignallingServer*>(self)->OnConnected(Ref<GSocketConnection>::retain(connection));
  return TRUE;
}

void SignallingServer::OnConnected(const Ref<GSocketConnection>& connection) {
  TlsDoor::Place place;
  if (limits_ != nullptr) {
    const std::string address = PeerAddressOf(connection.get());
    if (auto entered = limits_->Enter(address)) {
      place.emplace(*std::move(entered));
    } else {
      return TurnAway(connection, limits_->WhyFull(address));
    }
  }
  if (tls_door_) return tls_door_->Receive(connection, std::move(place));
  HandOut(connection, std::move(place));
}

// Where TLS is wanted, too: a handshake is more than one for whom there is no room may ask for.
void SignallingServer::TurnAway(const Ref<GSocketConnection>& connection,
                                const std::string& reason) const {
  on_note_(PeerNameOf(connection.get()) + " was turned away: " + reason);
  SignallingConnection refused(connection);
  refused.Send(ErrorMessage{reason, true});
  refused.CloseAfterSending();
}

void SignallingServer::HandOut(Ref<GSocketConnection> connection, TlsDoor::Place place) {
  on_connection_(std::make_unique<SignallingConnection>(std::move(connection), std::move(place)));
}

}  // namespace ball
