// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "apps/compare/report.h"
#include "apps/link/signalling_connection.h"
#include "apps/link/teardown.h"
#include "apps/server-app/session_limits.h"
#include "apps/server-app/session_media.h"

namespace ball {

// One client, from its connection to its account:
//
//   offering -> connecting -> streaming -> draining -> ended
//
// Each phase has its time-out (session_limits.h), which names itself to the peer and in `ended`.
// Offer and answer go over the signalling connection. Frames start when the peer is connected and
// its certificate checked. A bye, from either side, stops the frames; the answers under way are
// awaited for a moment (draining), then our bye goes out. A broken signalling connection alone ends
// a session only before it streams; later it ends when the peer is silent. Main thread only.
class Session {
 public:
  struct Settings {
    SessionMedia::Settings media;
    SessionLimits limits;
    // Without any packet from a peer that sent coordinates and whose signalling connection is gone.
    std::chrono::milliseconds orphan_limit{2000};
    // How long answers under way are awaited at the end.
    std::chrono::milliseconds drain_limit{500};
    // End after so many frames; 0 = no end.
    size_t frames = 0;
    // Tell a client that asks where the ball is. Who is told cannot be scored in earnest.
    bool tell_truth = false;
  };

  struct Events {
    std::function<void(Session&)> on_streaming;
    // A message of the client was compared; `verdict` says with what.
    std::function<void(Session&, const CoordinateMessage&, const Verdict&)> on_coordinates;
    // The client says how it receives the video.
    std::function<void(Session&, const ReceiverReport&)> on_receiver_report;
    // It asks for packets or a key frame.
    std::function<void(Session&)> on_request;
    // The way there and back took so long before any frame was sent.
    std::function<void(Session&, std::chrono::nanoseconds)> on_round_trip;
    // It is over. The session must not be destroyed in this call.
    std::function<void(Session&)> on_ended;
    // What a client that asked for it gets to know in the end.
    std::function<ReportMessage(const Session&)> report;
    // A line for the log, about what this client did that it may not.
    std::function<void(Session&, const std::string&)> on_note;
    // The answer to a check that came too late to be told from a client.
    std::function<Status()> status;
  };

  Session(int id, std::unique_ptr<SignallingConnection> connection, const Settings& settings,
          SourcePipeline& source, Teardown& teardown, Events events);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Start();
  // A message that came before the session.
  void Receive(const SignallingMessage& message) { OnSignalling(message); }
  // Ends in good order, for a reason that the report names.
  void Stop(const std::string& reason);
  // Ends at once, without the answers under way.
  void End();

  int id() const { return id_; }
  const std::string& peer() const { return peer_name_; }
  bool over() const { return state_ == State::kEnded; }
  // Whether frames ever went out: otherwise there is nothing to report.
  bool streamed() const { return streamed_; }
  // Whether it was a check after all, and no client.
  bool was_check() const { return was_check_; }
  // Whether we ended it for what its client did, or did not do: `ended` says what.
  bool refused() const { return refused_; }
  const std::string& ended() const { return ended_; }
  // Nothing is sent for so long.
  void Pause(std::chrono::milliseconds time) { media_->Pause(time); }
  // What the network takes, bit/s, of one that streamed.
  void SetRate(int rate) { media_->peer().SetRate(rate); }
  LedgerTotals Totals() const { return media_->ledger().Totals(); }
  std::vector<FrameRecord> TakeFinished() { return media_->ledger().TakeFinished(); }
  // Times count from the start of the program.
  SessionReport Report(std::chrono::steady_clock::time_point program_started) const;

 private:
  enum class State { kOffering, kConnecting, kStreaming, kDraining, kEnded };

  void OnSignalling(const SignallingMessage& message);
  void OnSignallingClosed(const std::string& reason);
  void OnAnswer(const std::string& sdp);
  void OnPath();
  void OnConnected();
  void OnChannelOpen(const std::string& label);
  void AwaitChannel();
  void StartFrames();
  void OnHello(const Hello& hello);
  void TellTruth(RtpTimestamp id, const Ball& truth);
  void OnMessage(const std::string& text, std::chrono::steady_clock::time_point arrived);
  // Ends the session where nothing stops the phase timer before `limit`.
  void Expect(const std::string& what, std::chrono::milliseconds limit, const std::string& option);
  // Refuses one that may stream already.
  void Evict(const std::string& reason);
  void CheckFirstCoordinate();
  void Refuse(const std::string& reason);
  void Admonish(bool& told, const std::string& fault);
  void AnswerCheck();
  void Watch();
  void Drain();
  SessionMedia::Events MediaEvents();

  const int id_;
  std::unique_ptr<SignallingConnection> connection_;
  const std::string peer_name_;
  const Settings settings_;
  Teardown& teardown_;
  Events events_;
  std::unique_ptr<SessionMedia> media_;
  State state_ = State::kOffering;
  bool signalling_open_ = true;
  bool streamed_ = false;
  bool report_wanted_ = false;
  bool was_check_ = false;
  bool refused_ = false;
  bool evicted_ = false;
  bool malformed_told_ = false;
  bool unknown_told_ = false;
  std::string ended_;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point finished_;
  std::chrono::steady_clock::time_point drain_until_;
  // For how long frames wait for a channel of the peer's, once it is connected.
  std::chrono::milliseconds channel_wait_;
  bool frames_started_ = false;
  int key_repeats_ = 0;
  int signalled_ = 0;
  Timer phase_timer_;
  Timer channel_timer_;
  Timer watch_timer_;
  Timer drain_timer_;
};

}  // namespace ball
