// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/signalling_client.h"

#include <chrono>
#include <utility>

namespace ball {
namespace {

constexpr std::chrono::seconds kLimit{10};

std::string Advice(const GError& error) {
  if (g_error_matches(&error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)) {
    return "no server listens there: start server-app, or give its --host and --port";
  }
  if (error.domain == G_RESOLVER_ERROR) return "no such host: check --host";
  return "check --host and --port";
}

}  // namespace

SignallingClient::SignallingClient(Settings settings, Events events)
    : settings_(std::move(settings)),
      events_(std::move(events)),
      connecting_(Ref<GCancellable>::adopt(g_cancellable_new())) {
  const auto client = Ref<GSocketClient>::adopt(g_socket_client_new());
  g_socket_client_set_timeout(client.get(), static_cast<guint>(kLimit.count()));
  g_socket_client_connect_to_host_async(client.get(), settings_.host.c_str(),
                                        static_cast<guint16>(settings_.port), connecting_.get(),
                                        OnConnect, this);
}

SignallingClient::~SignallingClient() { g_cancellable_cancel(connecting_.get()); }

void SignallingClient::OnConnect(GObject* client, GAsyncResult* result, gpointer data) {
  GError* raw_error = nullptr;
  auto connection = Ref<GSocketConnection>::adopt(
      g_socket_client_connect_to_host_finish(G_SOCKET_CLIENT(client), result, &raw_error));
  const OwnedError error(raw_error);
  // Cancelled: this object is gone.
  if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_CANCELLED)) return;
  auto* self = static_cast<SignallingClient*>(data);
  if (!error) return self->OnConnected(std::move(connection));
  const auto on_failed = self->events_.on_failed;
  on_failed({ExitCode::kNoConnection, "cannot connect to " + self->Where() + " (" + error->message +
                                          "): " + Advice(*error)});
}

void SignallingClient::OnConnected(Ref<GSocketConnection> connection) {
  // The limit was for connecting; signalling is silent while the session runs.
  g_socket_set_timeout(g_socket_connection_get_socket(connection.get()), 0);
  const auto hand_out = [this](Ref<GSocketConnection> ready) {
    const auto on_connected = events_.on_connected;
    on_connected(std::make_unique<SignallingConnection>(std::move(ready)));
  };
  if (!settings_.tls) return hand_out(std::move(connection));
  handshake_ = TlsHandshake::AsClient(
      connection, *settings_.tls, kLimit,
      {hand_out, [this](TlsHandshake::Failure failure, const std::string& reason) {
         OnNoTls(failure, reason);
       }});
}

void SignallingClient::OnNoTls(TlsHandshake::Failure failure, const std::string& reason) {
  const auto on_failed = events_.on_failed;
  const std::string attempt = "no TLS with " + Where() + ": ";
  const std::string broke = attempt + "the handshake broke (" + reason +
                            "): start the server with --tls-cert, or leave --tls and --tls-ca away";
  switch (failure) {
    case TlsHandshake::Failure::kCertificate:
      return on_failed({ExitCode::kRefused, attempt + reason, false});
    case TlsHandshake::Failure::kNoTls:
      // A server that has no room says so in plain text, too: it may be otherwise later.
      return on_failed({ExitCode::kRefused, broke, true});
    case TlsHandshake::Failure::kBroken:
      return on_failed({ExitCode::kConnectionLost, broke, true});
  }
}

std::string SignallingClient::Where() const {
  return settings_.host + ":" + std::to_string(settings_.port);
}

}  // namespace ball
