// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "apps/client-app/client_session.h"
#include "apps/client-app/score.h"
#include "apps/client-app/status_socket.h"
#include "apps/link/exit_code.h"
#include "apps/link/main_loop.h"
#include "apps/link/signalling_client.h"
#include "apps/link/teardown.h"

namespace ball {

// Connects to a server, holds one session at a time, and connects again where it may. Main thread
// only.
class ClientApp {
 public:
  struct Settings {
    SignallingClient::Settings server;
    // Connect again, with growing pauses, when the server is not there or goes away.
    bool reconnect = false;
    // Leave after so long; 0 = no end.
    std::chrono::milliseconds duration{0};
    ClientSession::Settings session;
    Score::Settings score;
  };

  explicit ClientApp(Settings settings);
  ~ClientApp();

  // Runs until the end, which it says in one line. The exit code.
  ExitCode Run();

 private:
  void Connect();
  void OnConnected(std::unique_ptr<SignallingConnection> connection);
  void OnConnectFailed(const SignallingClient::Failure& failure);
  void OnSessionEnded(ClientSession::Outcome outcome, const std::string& reason);
  void Retry(ExitCode code, const std::string& reason);
  void OnDisplayLost();
  void Stop();
  void Quit(ExitCode code);
  Status MakeStatus() const;

  const Settings settings_;
  MainLoop loop_;
  Teardown teardown_;
  Mailbox mailbox_;
  std::unique_ptr<ClientSession> session_;
  Score score_;
  StatusSocket status_;
  std::unique_ptr<SignallingClient> connecting_;
  Timer retry_timer_;
  Timer duration_timer_;
  std::chrono::milliseconds retry_delay_;
  ExitCode exit_code_ = ExitCode::kSuccess;
  bool stopping_ = false;
  bool display_lost_ = false;
};

}  // namespace ball
