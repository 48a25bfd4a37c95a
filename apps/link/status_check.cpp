// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/status_check.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <utility>

#include "apps/link/main_loop.h"
#include "apps/link/signalling_connection.h"
#include "apps/wire/printable.h"

namespace ball {
namespace {

// Probes are given a second or two.
constexpr std::chrono::milliseconds kLimit{1500};

const char* NameOf(CheckedState state) {
  switch (state) {
    case CheckedState::kStartup:
      return "started";
    case CheckedState::kReady:
      return "ready";
    case CheckedState::kLive:
      return "live";
  }
  return "";
}

bool Holds(const Status& status, CheckedState state) {
  switch (state) {
    case CheckedState::kStartup:
      return true;
    case CheckedState::kReady:
      return status.ready;
    case CheckedState::kLive:
      return status.live;
  }
  return false;
}

// One question and its answer. Main thread only.
class Question {
 public:
  explicit Question(const StatusCheck& check)
      : check_(check), cancellable_(Ref<GCancellable>::adopt(g_cancellable_new())) {}

  ExitCode Ask() {
    const auto client = Ref<GSocketClient>::adopt(g_socket_client_new());
    g_socket_client_set_enable_proxy(client.get(), FALSE);
    limit_.Once(kLimit, [this] { OnLimit(); });
    g_socket_client_connect_async(client.get(), check_.where.get(), cancellable_.get(), OnConnect,
                                  this);
    loop_.Run();
    return exit_code_;
  }

 private:
  static void OnConnect(GObject* client, GAsyncResult* result, gpointer data) {
    GError* raw_error = nullptr;
    auto connection = Ref<GSocketConnection>::adopt(
        g_socket_client_connect_finish(G_SOCKET_CLIENT(client), result, &raw_error));
    const OwnedError error(raw_error);
    // Given up: the question is gone.
    if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_CANCELLED)) return;
    auto* self = static_cast<Question*>(data);
    if (error) return self->Fail(ExitCode::kNoConnection, "cannot be reached", error->message);
    if (!self->check_.tls) return self->Talk(std::move(connection));
    self->handshake_ = TlsHandshake::AsClient(
        connection, *self->check_.tls, kLimit,
        {[self](Ref<GSocketConnection> secured) { self->Talk(std::move(secured)); },
         [self](TlsHandshake::Failure, const std::string& reason) {
           self->Fail(ExitCode::kFailure, "does not tell its status over TLS", reason);
         }});
  }

  void Talk(Ref<GSocketConnection> connection) {
    connection_ = std::make_unique<SignallingConnection>(std::move(connection));
    connection_->Start({[this](const SignallingMessage& message) { OnMessage(message); },
                        [this](const std::string& reason) {
                          Fail(ExitCode::kFailure, "does not tell its status", reason);
                        }});
    connection_->Send(Check{});
  }

  void OnMessage(const SignallingMessage& message) {
    if (const auto* refusal = std::get_if<ErrorMessage>(&message)) {
      return Fail(ExitCode::kFailure, "does not tell its status", Printable(refusal->message));
    }
    // One that takes its time over our line may have begun to serve us as a client.
    const auto* status = std::get_if<Status>(&message);
    if (status == nullptr) return;
    const bool holds = Holds(*status, check_.state);
    std::cout << check_.program << ": " << (holds ? "" : "not ") << NameOf(check_.state) << ", "
              << status->sessions << " of " << status->max_sessions << " sessions";
    if (status->cut_off != 0) std::cout << ", " << status->cut_off << " cut off";
    std::cout << std::endl;
    End(holds ? ExitCode::kSuccess : ExitCode::kFailure);
  }

  void OnLimit() {
    const bool connected = connection_ != nullptr || handshake_ != nullptr;
    Fail(connected ? ExitCode::kFailure : ExitCode::kNoConnection,
         connected ? "does not tell its status" : "cannot be reached", "within 1.5 s");
  }

  void Fail(ExitCode code, const std::string& what, const std::string& why) {
    if (over_) return;
    std::cerr << check_.program << ": " << check_.address << " " << what << " (" << why << ")"
              << std::endl;
    End(code);
  }

  void End(ExitCode code) {
    over_ = true;
    exit_code_ = code;
    limit_.Stop();
    g_cancellable_cancel(cancellable_.get());
    loop_.Quit();
  }

  const StatusCheck& check_;
  const Ref<GCancellable> cancellable_;
  MainLoop loop_;
  Timer limit_;
  std::unique_ptr<TlsHandshake> handshake_;
  std::unique_ptr<SignallingConnection> connection_;
  ExitCode exit_code_ = ExitCode::kFailure;
  bool over_ = false;
};

}  // namespace

std::optional<CheckedState> ParseCheckedState(std::string_view name) {
  if (name == "startup") return CheckedState::kStartup;
  if (name == "ready") return CheckedState::kReady;
  if (name == "live") return CheckedState::kLive;
  return std::nullopt;
}

ExitCode RunStatusCheck(const StatusCheck& check) { return Question(check).Ask(); }

}  // namespace ball
