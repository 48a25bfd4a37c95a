// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "apps/link/exit_code.h"
#include "apps/link/signalling_connection.h"
#include "apps/link/tls_handshake.h"

namespace ball {

// Connects to a signalling server, over TLS where that is wanted, and takes 10 s for each of both
// at most. One of the events comes, once, and none after destruction. Main thread only.
class SignallingClient {
 public:
  struct Settings {
    std::string host = "127.0.0.1";
    int port = 8080;
    std::optional<TlsExpectation> tls;
  };

  struct Failure {
    ExitCode code = ExitCode::kNoConnection;
    // A sentence: what was attempted, why it failed, what to do.
    std::string reason;
    // Another attempt may end otherwise, with nothing changed here.
    bool retry = true;
  };

  struct Events {
    std::function<void(std::unique_ptr<SignallingConnection>)> on_connected;
    std::function<void(const Failure&)> on_failed;
  };

  SignallingClient(Settings settings, Events events);
  ~SignallingClient();
  SignallingClient(const SignallingClient&) = delete;
  SignallingClient& operator=(const SignallingClient&) = delete;

 private:
  static void OnConnect(GObject* client, GAsyncResult* result, gpointer data);

  void OnConnected(Ref<GSocketConnection> connection);
  void OnNoTls(TlsHandshake::Failure failure, const std::string& reason);
  // "HOST:PORT"
  std::string Where() const;

  const Settings settings_;
  const Events events_;
  const Ref<GCancellable> connecting_;
  std::unique_ptr<TlsHandshake> handshake_;
};

}  // namespace ball
