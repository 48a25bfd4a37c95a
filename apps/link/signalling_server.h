// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "apps/link/signalling_connection.h"
#include "apps/link/tls_door.h"

namespace ball {

// Whether other machines can connect to who listens on `host`, a numeric address or a name of this
// machine: it stands for more than loopback addresses. Not where it stands for none.
bool ReachedFromOutside(const std::string& host);

// Listens for signalling connections. Main thread only.
class SignallingServer {
 public:
  using OnConnection = std::function<void(std::unique_ptr<SignallingConnection>)>;

  SignallingServer();
  ~SignallingServer();
  SignallingServer(const SignallingServer&) = delete;
  SignallingServer& operator=(const SignallingServer&) = delete;

  // Before Listen. Connections beyond these limits are told so, and closed; `on_note` gets a line
  // for the log about each that is not handed out.
  void Guard(ConnectionLimits& limits, std::function<void(const std::string&)> on_note);
  // Hands out only connections over TLS. After Guard, before Listen.
  void WantTls(TlsDoor::Settings settings);
  // Listens on a numeric address or a name of this machine. Port 0 takes any free one. Returns an
  // empty text, or one sentence that says what was attempted, why it failed and what to do.
  std::string Listen(const std::string& host, int port, OnConnection on_connection);
  // The port listened on, 0 before.
  int port() const { return port_; }
  // Accepts no more; connections handed out live on.
  void Stop();

 private:
  static gboolean OnIncoming(GSocketService* service, GSocketConnection* connection,
                             GObject* source, gpointer self);

  void OnConnected(const Ref<GSocketConnection>& connection);
  void HandOut(Ref<GSocketConnection> connection, TlsDoor::Place place);
  void TurnAway(const Ref<GSocketConnection>& connection, const std::string& reason) const;

  Ref<GSocketService> service_;
  SignalHandler incoming_;
  ConnectionLimits* limits_ = nullptr;
  std::function<void(const std::string&)> on_note_;
  OnConnection on_connection_;
  std::unique_ptr<TlsDoor> tls_door_;
  int port_ = 0;
};

}  // namespace ball
