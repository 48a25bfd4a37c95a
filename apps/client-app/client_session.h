// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "apps/client-app/handoff_directory.h"
#include "apps/client-app/locator_process.h"
#include "apps/client-app/receiver.h"
#include "apps/link/signalling_connection.h"
#include "apps/link/teardown.h"
#include "apps/wire/token.h"

namespace ball {

// What one session came to.
struct ClientTotals {
  size_t decoded = 0;
  size_t answered = 0;
  size_t found = 0;
  // Answers that could not be sent.
  size_t unsent = 0;
  int locator_restarts = 0;
};

// One connection to a server, from its offer to its bye:
//
//   offer awaited -> locator awaited -> answered -> streaming -> leaving -> ended
//
// The answer waits for the locator, so that no frame comes before somebody looks at it. Coordinates
// go out on the channel "coordinates", which we open, or on the one that the server opened (label
// not "session"). What is located before the channel is open is kept and sent then. Main thread
// only.
class ClientSession {
 public:
  struct Settings {
    WebRtcPeer::Settings peer;
    // How long a missing packet is waited for. Empty: a round trip, as that of the signalling
    // connection is, and 300 ms, which is enough for several repetitions.
    std::optional<std::chrono::milliseconds> jitter_latency;
    std::string display;
    // Ask the server for the truth, and show the error so many times as long (Receiver).
    std::optional<double> error_scale;
    LocatorProcess::Settings locator;
    std::chrono::milliseconds connect_limit{15000};
    // From our opening a data channel to its being open. SCTP repeats its handshake after 1, 2 and
    // 4 s.
    std::chrono::milliseconds channel_limit{15000};
    // Without any packet from the server; less when its signalling connection is gone too.
    std::chrono::milliseconds silence_limit{10000};
    std::chrono::milliseconds orphan_limit{2000};
    // How long the server's bye is awaited after ours.
    std::chrono::milliseconds leave_limit{1500};
    // Shown to the server, if any.
    std::optional<Token> token;
    // Ask the server for its report, and await it for so long after our bye.
    bool report = false;
    std::chrono::milliseconds report_limit{4000};
    // Leave after so many answers; 0 = no end.
    size_t frames = 0;
  };

  // kTurnedAway: the server will not serve us, now or later. kHandoffLost: something on this
  // machine failed that a new session has anew.
  enum class Outcome {
    kLeft,
    kServerLeft,
    kServerLost,
    kRefused,
    kTurnedAway,
    kHandoffLost,
    kFailed
  };

  struct Events {
    // A line for the user.
    std::function<void(const std::string&)> on_note;
    // It is over. The session must not be destroyed in this call.
    std::function<void(Outcome, const std::string& reason)> on_ended;
  };

  ClientSession(std::unique_ptr<SignallingConnection> connection, Settings settings,
                Teardown& teardown, Events events);
  ~ClientSession();
  ClientSession(const ClientSession&) = delete;
  ClientSession& operator=(const ClientSession&) = delete;

  void Start();
  // Says bye, answers what is under way, and ends.
  void Leave();

  bool streamed() const { return streamed_; }
  ClientTotals Totals() const;
  // When the last answer went out; nothing before that, and when it is over.
  std::optional<std::chrono::steady_clock::time_point> LastAnswered() const;
  // What the server said in the end, if it was asked and did.
  const std::optional<ReportMessage>& report() const { return report_; }

 private:
  struct Failure {
    Outcome outcome;
    std::string reason;
  };

  void StartReceiver();
  void StartLocator();
  Receiver::Events ReceiverEvents();
  void OnSignalling(const SignallingMessage& message);
  void OnError(const ErrorMessage& error);
  void OnSignallingClosed(const std::string& reason);
  void OnTransportLost(const std::string& reason);
  void OnOffer(const std::string& sdp);
  void AcceptOffer();
  void OnConnected();
  void OnRemoteChannel(const std::string& label);
  void OpenOwnChannel();
  void OnChannelLimit();
  void OnChannelOpen(const std::string& label);
  void OnServerMessage(const std::string& text);
  // Both tell whether it answers a frame that was handed over.
  bool OnLocated(const LocatorMessage& located);
  bool SendAnswer(const LocatorMessage& located);
  void Watch();
  void CheckHandoff();
  // Leaves, for what failed on this side; the first failure counts.
  void LeaveFailing(Outcome outcome, const std::string& reason);
  void End(Outcome outcome, const std::string& reason);

  std::unique_ptr<SignallingConnection> connection_;
  const Settings settings_;
  Teardown& teardown_;
  Events events_;
  HandoffDirectory handoff_;
  std::unique_ptr<Receiver> receiver_;
  std::unique_ptr<LocatorProcess> locator_;
  std::string offer_;
  bool signalling_open_ = true;
  bool streamed_ = false;
  bool leaving_ = false;
  bool ended_ = false;
  bool handoff_told_ = false;
  bool truth_came_ = false;
  std::optional<Failure> failure_;
  // The label of the channel that coordinates go out on; empty until chosen.
  std::string channel_;
  bool channel_open_ = false;
  std::deque<LocatorMessage> unsent_;
  ClientTotals totals_;
  std::optional<std::chrono::steady_clock::time_point> last_answered_;
  std::optional<ReportMessage> report_;
  Timer connect_timer_;
  Timer channel_timer_;
  Timer truth_timer_;
  Timer watch_timer_;
  Timer leave_timer_;
};

}  // namespace ball
