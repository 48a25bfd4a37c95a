// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/session.h"

#include <algorithm>
#include <utility>

namespace ball {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kWatchPeriod{250};
constexpr std::chrono::milliseconds kDrainPeriod{5};
// Gathering has limits of its own, which are shorter.
constexpr std::chrono::milliseconds kOfferLimit{10000};
// What a peer is given that broke off its signalling where nothing else ends it.
constexpr std::chrono::milliseconds kForsakenLimit{10000};
// A peer that opens no data channel is sent frames all the same. On the worst of networks the
// channel's handshake is repeated after a second, and after two more.
constexpr std::chrono::milliseconds kChannelLimit{3500};
// Behind ours comes the peer's at once. Our answer to that must not be lost behind the first
// frames, which may fill the network's queue: it would be repeated after 1, 2, 4 s, and until then
// nothing comes back. A peer that has none of its own is sent frames all the same.
constexpr std::chrono::milliseconds kPeersChannelLimit{250};
// A peer has an answer, some ten candidates and a bye to send. Each message costs the main thread.
constexpr int kMaxSignalled = 500;
// A peer that lost the first packets decodes nothing, and may not ask for a key frame by itself
// (aiortc does not): it gets one again at each of the first watches, until it says something.
constexpr int kKeyRepeats = 8;
constexpr char kOwnChannel[] = "session";

}  // namespace

Session::Session(int id, std::unique_ptr<SignallingConnection> connection, const Settings& settings,
                 SourcePipeline& source, Teardown& teardown, Events events)
    : id_(id),
      connection_(std::move(connection)),
      peer_name_(connection_->PeerName()),
      settings_(settings),
      teardown_(teardown),
      events_(std::move(events)),
      started_(steady_clock::now()),
      channel_wait_(kChannelLimit) {
  SessionMedia::Settings media = settings_.media;
  // Who signals over loopback also sends its media there, unless the user said where or
  // named a server that cannot be reached from there.
  IceOptions& ice = media.peer.ice;
  if (ice.address.empty() && !NeedsNetwork(ice)) ice.address = connection_->LoopbackAddress();
  media.peer.takes_media = false;
  media.peer.try_loopback = !connection_->LoopbackAddress().empty();
  media_ = std::make_unique<SessionMedia>(media, source, MediaEvents());
}

Session::~Session() {
  media_->Silence();
  if (media_->pipeline() != nullptr) {
    teardown_.Bury(std::move(media_), "session " + std::to_string(id_) + ": " + peer_name_);
  }
}

SessionMedia::Events Session::MediaEvents() {
  SessionMedia::Events events;
  events.on_ready = [this] {
    // Makes the offer carry a data section.
    media_->peer().OpenChannel(kOwnChannel);
    media_->peer().CreateOffer();
  };
  events.on_round_trip = [this](std::chrono::nanoseconds round_trip) {
    if (state_ != State::kEnded) events_.on_round_trip(*this, round_trip);
  };
  events.on_truth = [this](RtpTimestamp id, const Ball& truth) { TellTruth(id, truth); };
  events.peer.on_local_description = [this](const std::string& sdp) {
    connection_->Send(Offer{sdp});
    Expect("no answer within", settings_.limits.answer, "--answer-timeout");
  };
  events.peer.on_note = [this](const std::string& note) { events_.on_note(*this, note); };
  events.peer.on_path = [this] { OnPath(); };
  events.peer.on_connected = [this] { OnConnected(); };
  events.peer.on_remote_channel = [](const std::string&) {};
  events.peer.on_channel_open = [this](const std::string& label) { OnChannelOpen(label); };
  events.peer.on_message = [this](const std::string& text, steady_clock::time_point arrived) {
    OnMessage(text, arrived);
  };
  events.peer.on_receiver_report = [this](const ReceiverReport& report) {
    if (state_ != State::kStreaming) return;
    media_->OpenGate();
    events_.on_receiver_report(*this, report);
  };
  events.peer.on_request = [this] {
    if (state_ == State::kStreaming) events_.on_request(*this);
  };
  events.peer.on_flood = [this] {
    Evict("more than " + std::to_string(settings_.media.peer.max_message_rate) +
          " messages a second (--max-message-rate)");
  };
  events.peer.on_excess = [this](const std::string& why) { Evict(why); };
  events.peer.on_failed = [this](const std::string& reason) {
    if (state_ == State::kStreaming || state_ == State::kDraining) {
      // webrtcbin makes an error of a peer that closes its transport.
      Stop("peer closed: " + reason);
    } else {
      Refuse(reason);
    }
  };
  return events;
}

void Session::Start() {
  connection_->Start({[this](const SignallingMessage& message) { OnSignalling(message); },
                      [this](const std::string& reason) { OnSignallingClosed(reason); }});
  phase_timer_.Once(kOfferLimit, [this] { Refuse("the server could not make its offer in time"); });
  const std::string error = media_->Start();
  if (!error.empty()) Refuse(error);
}

void Session::OnSignalling(const SignallingMessage& message) {
  if (++signalled_ > kMaxSignalled) {
    return Evict("more than " + std::to_string(kMaxSignalled) + " signalling messages");
  }
  if (const auto* answer = std::get_if<Answer>(&message)) return OnAnswer(answer->sdp);
  if (const auto* candidate = std::get_if<Candidate>(&message)) {
    const bool wanted = state_ == State::kOffering || state_ == State::kConnecting;
    if (wanted) media_->peer().AddCandidate(*candidate);
    return;
  }
  if (std::holds_alternative<Bye>(message)) {
    // A peer that closes its transport first is seen to fail before its bye is read.
    if (state_ == State::kDraining) ended_ = "bye";
    return Stop("bye");
  }
  if (const auto* hello = std::get_if<Hello>(&message)) return OnHello(*hello);
  if (std::holds_alternative<Check>(message) && state_ == State::kOffering) return AnswerCheck();
  Refuse("the client may not send this message");
}

void Session::OnHello(const Hello& hello) {
  report_wanted_ = hello.report;
  if (hello.truth && settings_.tell_truth) media_->TellTruth();
}

void Session::OnAnswer(const std::string& sdp) {
  if (state_ != State::kOffering) return Refuse("a second answer");
  state_ = State::kConnecting;
  Expect("no network path (ICE) within", settings_.limits.ice, "--ice-timeout");
  const std::string error = media_->peer().AcceptAnswer(sdp);
  if (!error.empty()) Refuse("the answer cannot be used: " + error);
}

void Session::OnSignallingClosed(const std::string& reason) {
  signalling_open_ = false;
  if (state_ == State::kOffering || state_ == State::kConnecting) {
    Refuse("signalling connection: " + reason);
  } else if (state_ == State::kStreaming && reason != "end of file") {
    connection_->Send(ErrorMessage{reason});
    events_.on_note(*this, "signalling connection: " + reason);
  }
}

void Session::Expect(const std::string& what, std::chrono::milliseconds limit,
                     const std::string& option) {
  phase_timer_.Stop();
  if (limit.count() == 0) return;
  phase_timer_.Once(limit, [=, this] { Evict(TimedOut(what, limit, option)); });
}

void Session::OnPath() {
  if (state_ != State::kConnecting) return;
  Expect("no DTLS handshake within", settings_.limits.dtls, "--dtls-timeout");
}

void Session::OnConnected() {
  if (state_ != State::kConnecting) return;
  state_ = State::kStreaming;
  streamed_ = true;
  phase_timer_.Stop();
  if (settings_.limits.first_coordinate.count() != 0) {
    phase_timer_.Once(settings_.limits.first_coordinate, [this] { CheckFirstCoordinate(); });
  }
  // Of frames that come before there is a way back the answers would be late, or lost: the client's
  // end of the handshakes may still be under way.
  AwaitChannel();
  watch_timer_.Every(kWatchPeriod, [this] { Watch(); });
  events_.on_streaming(*this);
}

void Session::OnChannelOpen(const std::string& label) {
  channel_wait_ = label == kOwnChannel ? std::min(channel_wait_, kPeersChannelLimit)
                                       : std::chrono::milliseconds::zero();
  AwaitChannel();
}

void Session::AwaitChannel() {
  if (state_ != State::kStreaming || frames_started_) return;
  channel_timer_.Stop();
  if (channel_wait_.count() == 0) return StartFrames();
  channel_timer_.Once(channel_wait_, [this] { StartFrames(); });
}

void Session::StartFrames() {
  if (state_ != State::kStreaming || std::exchange(frames_started_, true)) return;
  channel_timer_.Stop();
  media_->StartFrames();
}

void Session::OnMessage(const std::string& text, steady_clock::time_point arrived) {
  if (state_ == State::kEnded) return;
  media_->OpenGate();
  const auto message = ParseCoordinateMessage(text);
  if (!message) {
    media_->ledger().ReceiveMalformed();
    return Admonish(malformed_told_, "what came on a data channel is no coordinate message");
  }
  const Verdict verdict = media_->ledger().Receive(*message, arrived);
  events_.on_coordinates(*this, *message, verdict);
  if (verdict.kind == Verdict::Kind::kUnknown) {
    Admonish(unknown_told_,
             "no frame of this session has the RTP timestamp of a coordinate message");
  }
}

void Session::TellTruth(RtpTimestamp id, const Ball& truth) {
  CoordinateMessage message;
  message.rtp_timestamp = id;
  message.found = true;
  message.x = truth.x;
  message.y = truth.y;
  message.radius = truth.radius;
  media_->peer().Send(kOwnChannel, SerializeCoordinateMessage(message));
}

// Once for each fault: the ledger counts the others, and the report tells how many. The session
// goes on: what was wrong with a message is wrong with nothing else.
void Session::Admonish(bool& told, const std::string& fault) {
  if (std::exchange(told, true)) return;
  media_->peer().Send(kOwnChannel, SerializeSignallingMessage(ErrorMessage{fault}));
  events_.on_note(*this, fault);
}

void Session::Watch() {
  const LedgerTotals totals = Totals();
  if (settings_.frames != 0 && totals.frames.sent >= settings_.frames) return Stop("frames");
  if (frames_started_ && totals.messages.received == 0 && key_repeats_ < kKeyRepeats) {
    ++key_repeats_;
    media_->RepeatKeyFrame();
  }
  const auto silent = steady_clock::now() - media_->peer().LastHeard();
  const auto idle = settings_.limits.idle;
  if (idle.count() != 0 && silent > idle) {
    return Evict(TimedOut("idle: no packet for", idle, "--idle-timeout"));
  }
  // Who sent coordinates for every frame, and has broken off the signalling, is known to be gone
  // sooner.
  const auto gone = totals.messages.received != 0 ? settings_.orphan_limit : kForsakenLimit;
  if (!signalling_open_ && silent > gone) Stop("peer gone");
}

void Session::CheckFirstCoordinate() {
  const MessageCounts messages = Totals().messages;
  if (messages.received > messages.malformed) return;
  Evict(TimedOut("no coordinates within", settings_.limits.first_coordinate,
                 "--first-coordinate-timeout"));
}

void Session::Evict(const std::string& reason) {
  if (state_ == State::kDraining || state_ == State::kEnded) return;
  evicted_ = streamed_;
  // Nothing that is worth waiting for comes from there.
  Refuse(reason);
}

void Session::Stop(const std::string& reason) {
  if (state_ == State::kDraining || state_ == State::kEnded) return;
  ended_ = reason;
  if (state_ != State::kStreaming) return End();
  state_ = State::kDraining;
  media_->StopFrames();
  watch_timer_.Stop();
  drain_until_ = steady_clock::now() + settings_.drain_limit;
  drain_timer_.Every(kDrainPeriod, [this] { Drain(); });
}

void Session::Drain() {
  if (media_->ledger().Settled() || steady_clock::now() >= drain_until_) End();
}

void Session::Refuse(const std::string& reason) {
  if (state_ == State::kEnded) return;
  refused_ = true;
  ended_ = reason;
  End();
}

void Session::AnswerCheck() {
  was_check_ = true;
  connection_->Send(events_.status());
  connection_->CloseAfterSending();
  End();
}

void Session::End() {
  if (std::exchange(state_, State::kEnded) == State::kEnded) return;
  phase_timer_.Stop();
  channel_timer_.Stop();
  watch_timer_.Stop();
  drain_timer_.Stop();
  finished_ = steady_clock::now();
  media_->StopFrames();
  media_->ledger().Close(finished_);
  if (!was_check_) {
    if (report_wanted_ && streamed_) connection_->Send(events_.report(*this));
    // Who streamed may come back: it was not the wrong client.
    if (refused_) connection_->Send(ErrorMessage{ended_, evicted_});
    connection_->Send(Bye{});
    connection_->CloseAfterSending();
  }
  const auto on_ended = events_.on_ended;
  on_ended(*this);
}

SessionReport Session::Report(steady_clock::time_point program_started) const {
  SessionReport report;
  report.id = id_;
  report.peer = peer_name_;
  report.started = started_ - program_started;
  report.duration = (state_ == State::kEnded ? finished_ : steady_clock::now()) - started_;
  report.ended = ended_;
  report.ledger = media_->ledger().Summarize();
  report.ledger.frames.unsent = media_->dropped();
  report.ledger.frames.skipped = media_->skipped();
  return report;
}

}  // namespace ball
