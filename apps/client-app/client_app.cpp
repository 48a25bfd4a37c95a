// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/client_app.h"

#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "apps/client-app/display_guard.h"
#include "apps/client-app/handoff_directory.h"
#include "apps/link/exit_limit.h"
#include "apps/link/log.h"
#include "apps/link/spare_threads.h"

namespace ball {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstRetry{250};
constexpr milliseconds kMaxRetry{8000};
constexpr milliseconds kTeardownLimit{3000};
// Ready is who answered a frame within this time.
constexpr std::chrono::seconds kReadyLimit{5};

// A session's pipeline, with a window.
constexpr int kThreads = 24;
constexpr char kFewThreads[] =
    "this system gives no more threads: raise its limit (ulimit -u, ulimit -v, a container's pids "
    "limit)";

void Note(const std::string& text) { Log("client-app").Say(text); }

std::string Summary(const ClientTotals& totals) {
  return std::to_string(totals.decoded) + " frames decoded, " + std::to_string(totals.answered) +
         " answered, " + std::to_string(totals.found) + " with a ball, " +
         std::to_string(totals.unsent) + " answers not sent, " +
         std::to_string(totals.locator_restarts) + " locator restarts";
}

}  // namespace

ClientApp::ClientApp(Settings settings)
    : settings_(std::move(settings)),
      score_(settings_.score, Note),
      status_([this] { return MakeStatus(); }),
      retry_delay_(kFirstRetry) {}

ClientApp::~ClientApp() = default;

ExitCode ClientApp::Run() {
  const StopSignals signals([this] { Stop(); });
  const DisplayGuard display([this] { OnDisplayLost(); });
  if (!HasSpareThreads(kThreads)) {
    Note(kFewThreads);
    return ExitCode::kFailure;
  }
  const std::string unwritable = score_.Open();
  if (!unwritable.empty()) {
    Note(unwritable);
    return ExitCode::kFailure;
  }
  // Also cleans up after others, even where no session comes about. Without it there is no session,
  // which says why.
  auto directory = std::make_unique<HandoffDirectory>();
  const std::string deaf =
      directory->error().empty() ? status_.Listen(directory->StatusPath()) : "";
  if (!deaf.empty()) Note(deaf + ": --check will not find this client");
  // The DTLS key takes a moment to make: meanwhile the connection is set up.
  std::thread certificate(WebRtcPeer::PrepareCertificate);
  if (settings_.duration.count() > 0) {
    duration_timer_.Once(settings_.duration, [this] { Stop(); });
  }
  Connect();
  loop_.Run();
  certificate.join();
  session_.reset();
  directory.reset();
  exit_code_ = score_.Finish(exit_code_);
  if (!teardown_.Finish(display_lost_ ? milliseconds(0) : kTeardownLimit)) {
    // A thread that hangs cannot be joined; all that outlives the process is cleaned up by now.
    if (!display_lost_) Note("a pipeline did not end in time");
    _exit(static_cast<int>(exit_code_));
  }
  LimitExit(exit_code_);
  return exit_code_;
}

void ClientApp::Connect() {
  connecting_ = std::make_unique<SignallingClient>(
      settings_.server,
      SignallingClient::Events{[this](std::unique_ptr<SignallingConnection> connection) {
                                 OnConnected(std::move(connection));
                               },
                               [this](const SignallingClient::Failure& failure) {
                                 mailbox_.Post([this, failure] { OnConnectFailed(failure); });
                               }});
}

void ClientApp::OnConnectFailed(const SignallingClient::Failure& failure) {
  if (failure.retry) return Retry(failure.code, failure.reason);
  Note(failure.reason);
  Quit(stopping_ ? ExitCode::kSuccess : failure.code);
}

void ClientApp::OnConnected(std::unique_ptr<SignallingConnection> connection) {
  score_.Begin();
  ClientSession::Events events;
  events.on_note = Note;
  events.on_ended = [this](ClientSession::Outcome outcome, const std::string& reason) {
    // The session is still in its own call: it is ended after that.
    mailbox_.Post([this, outcome, reason] { OnSessionEnded(outcome, reason); });
  };
  session_ =
      std::make_unique<ClientSession>(std::move(connection), settings_.session, teardown_, events);
  session_->Start();
}

void ClientApp::OnSessionEnded(ClientSession::Outcome outcome, const std::string& reason) {
  if (session_->streamed()) {
    retry_delay_ = kFirstRetry;
    Note(Summary(session_->Totals()));
    score_.Add(session_->report());
  }
  session_.reset();
  switch (outcome) {
    case ClientSession::Outcome::kLeft:
      return Quit(ExitCode::kSuccess);
    case ClientSession::Outcome::kServerLeft:
      return Retry(ExitCode::kSuccess, reason);
    case ClientSession::Outcome::kServerLost:
      return Retry(ExitCode::kConnectionLost, reason);
    case ClientSession::Outcome::kRefused:
      return Retry(ExitCode::kRefused, reason);
    case ClientSession::Outcome::kTurnedAway:
      Note(reason);
      return Quit(stopping_ ? ExitCode::kSuccess : ExitCode::kRefused);
    case ClientSession::Outcome::kHandoffLost:
      return Retry(ExitCode::kFailure, reason);
    case ClientSession::Outcome::kFailed:
      Note(reason);
      return Quit(ExitCode::kFailure);
  }
}

void ClientApp::Retry(ExitCode code, const std::string& reason) {
  if (stopping_) return Quit(ExitCode::kSuccess);
  Note(reason);
  if (!settings_.reconnect) return Quit(code);
  Note("trying again in " + std::to_string(retry_delay_.count()) + " ms");
  retry_timer_.Once(retry_delay_, [this] { Connect(); });
  retry_delay_ = std::min(kMaxRetry, retry_delay_ * 2);
}

Status ClientApp::MakeStatus() const {
  Status status;
  const auto answered = session_ ? session_->LastAnswered() : std::nullopt;
  status.ready =
      !stopping_ && answered && std::chrono::steady_clock::now() - *answered <= kReadyLimit;
  status.live = true;
  status.sessions = answered ? 1 : 0;
  status.max_sessions = 1;
  return status;
}

void ClientApp::OnDisplayLost() {
  if (std::exchange(display_lost_, true)) return;
  Note("the display went away: start again on another, or with --display none");
  exit_code_ = ExitCode::kFailure;
  Stop();
}

void ClientApp::Stop() {
  // A second signal does not wait for the server's bye.
  if (std::exchange(stopping_, true) || !session_) return Quit(ExitCode::kSuccess);
  session_->Leave();
}

void ClientApp::Quit(ExitCode code) {
  if (!display_lost_) exit_code_ = code;
  connecting_.reset();
  retry_timer_.Stop();
  duration_timer_.Stop();
  loop_.Quit();
}

}  // namespace ball
