// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/status_socket.h"

#include <gio/gunixsocketaddress.h>

#include <utility>

namespace ball {
namespace {

// Only this user can connect: a bound for mistakes, not for attacks.
constexpr size_t kMaxVisitors = 64;
constexpr std::chrono::milliseconds kPatience{2000};

}  // namespace

StatusSocket::~StatusSocket() {
  incoming_.Disconnect();
  if (!service_) return;
  g_socket_service_stop(service_.get());
  g_socket_listener_close(G_SOCKET_LISTENER(service_.get()));
}

std::string StatusSocket::Listen(const std::string& path) {
  service_ = Ref<GSocketService>::adopt(g_socket_service_new());
  const auto address = Ref<GSocketAddress>::adopt(g_unix_socket_address_new(path.c_str()));
  GError* raw_error = nullptr;
  g_socket_listener_add_address(G_SOCKET_LISTENER(service_.get()), address.get(),
                                G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, nullptr, nullptr,
                                &raw_error);
  const OwnedError error(raw_error);
  if (error) return "cannot listen on " + path + " (" + error->message + ")";
  incoming_ = SignalHandler(service_.get(), "incoming", G_CALLBACK(OnIncoming), this);
  g_socket_service_start(service_.get());
  return {};
}

gboolean StatusSocket::OnIncoming(GSocketService*, GSocketConnection* connection, GObject*,
                                  gpointer data) {
  auto* self = static_cast<StatusSocket*>(data);
  if (self->visitors_.size() >= kMaxVisitors) return TRUE;
  Visitor::Events events;
  events.on_message = [self](Visitor& visitor, const SignallingMessage& message) {
    if (std::holds_alternative<Check>(message)) return self->Answer(visitor, self->status_());
    self->Answer(visitor, ErrorMessage{"only a check is answered here"});
  };
  events.on_silent = [self](Visitor& visitor) {
    self->Answer(visitor, ErrorMessage{"no check came"});
  };
  events.on_gone = [self](Visitor& visitor, const std::string& reason) {
    self->Answer(visitor, ErrorMessage{reason});
  };
  self->visitors_.push_back(std::make_unique<Visitor>(
      std::make_unique<SignallingConnection>(Ref<GSocketConnection>::retain(connection)), kPatience,
      events));
  return TRUE;
}

// The visitor is in its own call: it is destroyed after that.
void StatusSocket::Answer(Visitor& visitor, const SignallingMessage& answer) {
  visitor.Dismiss(answer);
  mailbox_.Post([this] { visitors_.remove_if([](const auto& one) { return one->over(); }); });
}

}  // namespace ball
