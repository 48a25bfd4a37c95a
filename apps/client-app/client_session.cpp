// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/client_session.h"

#include <algorithm>
#include <utility>

#include "apps/link/codec.h"
#include "apps/link/ice_agent.h"
#include "apps/link/session_description.h"

namespace ball {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kWatchPeriod{100};
constexpr std::chrono::milliseconds kByeWait{300};
// A server that opens a channel for coordinates does so at once.
constexpr std::chrono::milliseconds kChannelWait{500};
// Behind the connection, the server's wait for the channels, and a key frame.
constexpr std::chrono::milliseconds kTruthWait{5000};
// Answers kept until the channel is open: two seconds at 60 frames a second.
constexpr size_t kMaxUnsent = 120;
// The time in which a packet is repeated again and again, behind the round trip that the first
// repetition takes: at 10 % loss and 40 ms between two of them one packet in a thousand is not
// here.
constexpr std::chrono::milliseconds kRepetitions{300};
// What takes longer comes too late to be of use.
constexpr std::chrono::milliseconds kLongestRoundTrip{1000};
// A server has a sentence to say on its channel, now and then; where asked, the truth of each
// frame, of which there are 1000 a second at the most.
constexpr size_t kMaxMessageRate = 100;
constexpr size_t kMaxTruthRate = 2000;
constexpr char kOwnChannel[] = "coordinates";
constexpr char kSessionChannel[] = "session";

// A sentence is shorter; what is in it is the log's to make harmless.
constexpr size_t kMaxServerText = 300;

milliseconds PatienceFor(const std::optional<std::chrono::microseconds>& round_trip) {
  const auto known = std::chrono::ceil<milliseconds>(round_trip.value_or(microseconds::zero()));
  return kRepetitions + std::min(known, kLongestRoundTrip);
}

bool OffersKnownCodec(const PeerDescription& description) {
  const auto& names = description.encodings;
  return std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return ParseCodec(name).has_value(); });
}

size_t MaxMessageRate(const ClientSession::Settings& settings) {
  return settings.error_scale ? kMaxTruthRate : kMaxMessageRate;
}

bool OffersData(const std::string& sdp) { return sdp.find("\nm=application ") != sdp.npos; }

}  // namespace

ClientSession::ClientSession(std::unique_ptr<SignallingConnection> connection, Settings settings,
                             Teardown& teardown, Events events)
    : connection_(std::move(connection)),
      settings_(std::move(settings)),
      teardown_(teardown),
      events_(std::move(events)) {}

ClientSession::~ClientSession() {
  locator_.reset();
  if (!receiver_) return;
  receiver_->Silence();
  if (receiver_->pipeline() != nullptr) teardown_.Bury(std::move(receiver_));
}

void ClientSession::Start() {
  connect_timer_.Once(settings_.connect_limit, [this] {
    End(Outcome::kServerLost, "not connected within " +
                                  std::to_string(settings_.connect_limit.count() / 1000) +
                                  " s: is a firewall between the programs? media goes over UDP");
  });
  if (!handoff_.error().empty()) return End(Outcome::kFailed, handoff_.error());
  StartReceiver();
  if (ended_) return;
  connection_->Start({[this](const SignallingMessage& message) { OnSignalling(message); },
                      [this](const std::string& reason) { OnSignallingClosed(reason); }});
  // Not to a server that awaits none: stock peers take it for the end.
  if (!settings_.token && !settings_.report && !settings_.error_scale) return;
  connection_->Send(Hello{settings_.token ? settings_.token->text() : "", settings_.report,
                          settings_.error_scale.has_value()});
}

void ClientSession::StartReceiver() {
  WebRtcPeer::Settings peer = settings_.peer;
  peer.jitter_latency = settings_.jitter_latency.value_or(PatienceFor(connection_->RoundTrip()));
  peer.max_message_rate = MaxMessageRate(settings_);
  peer.try_loopback = !connection_->LoopbackAddress().empty();
  Receiver::Settings receiver{peer, handoff_.SocketPath(), settings_.display,
                              settings_.error_scale};
  receiver_ = std::make_unique<Receiver>(receiver, ReceiverEvents());
  const std::string error = receiver_->Start();
  if (!error.empty()) End(Outcome::kFailed, error);
}

Receiver::Events ClientSession::ReceiverEvents() {
  Receiver::Events events;
  events.peer.on_local_description = [this](const std::string& sdp) {
    connection_->Send(Answer{sdp});
  };
  events.peer.on_connected = [this] { OnConnected(); };
  events.peer.on_note = events_.on_note;
  events.peer.on_remote_channel = [this](const std::string& label) { OnRemoteChannel(label); };
  events.peer.on_channel_open = [this](const std::string& label) { OnChannelOpen(label); };
  events.peer.on_message = [this](const std::string& text, steady_clock::time_point) {
    OnServerMessage(text);
  };
  events.peer.on_flood = [this] {
    End(Outcome::kRefused, "the server sends more than " +
                               std::to_string(MaxMessageRate(settings_)) +
                               " messages a second over its data channels");
  };
  events.peer.on_excess = [this](const std::string& why) { End(Outcome::kRefused, why); };
  events.peer.on_failed = [this](const std::string& reason) {
    if (streamed_) return OnTransportLost(reason);
    End(Outcome::kRefused, reason);
  };
  events.on_video = [this](const std::string& description) {
    events_.on_note("receiving " + description);
  };
  events.on_failed = [this](const std::string& reason) {
    if (streamed_) return OnTransportLost(reason);
    End(Outcome::kFailed, reason);
  };
  events.handoff = {events_.on_note,
                    [this](const std::string& reason) { LeaveFailing(Outcome::kFailed, reason); }};
  return events;
}

void ClientSession::StartLocator() {
  LocatorProcess::Settings settings = settings_.locator;
  settings.arguments.insert(settings.arguments.begin(), {"--socket", handoff_.SocketPath()});
  LocatorProcess::Events events;
  events.on_ready = [this] { AcceptOffer(); };
  events.on_located = [this](const LocatorMessage& located) { return OnLocated(located); };
  events.on_restart = [this](const std::string& why) {
    ++totals_.locator_restarts;
    events_.on_note("locator: " + why + "; started again");
  };
  events.on_failed = [this](const std::string& reason) { LeaveFailing(Outcome::kFailed, reason); };
  events.on_hindered = [this](const std::string& reason) {
    LeaveFailing(Outcome::kHandoffLost, reason);
  };
  events.hindrance = [this]() -> std::string {
    if (!handoff_.Removed()) return {};
    return "no locator can be started again: the directory " + handoff_.path() +
           " was removed, with the socket in it: start the client anew, and keep others from it";
  };
  events.last_handed_over = [this] { return receiver_->LastHandedOver(); };
  locator_ = std::make_unique<LocatorProcess>(settings, events);
  locator_->Start();
}

void ClientSession::OnSignalling(const SignallingMessage& message) {
  if (const auto* offer = std::get_if<Offer>(&message)) {
    return OnOffer(offer->sdp);
  }
  if (const auto* candidate = std::get_if<Candidate>(&message)) {
    return receiver_->peer().AddCandidate(*candidate);
  }
  if (const auto* error = std::get_if<ErrorMessage>(&message)) return OnError(*error);
  if (const auto* report = std::get_if<ReportMessage>(&message)) {
    if (settings_.report) report_ = *report;
    return;
  }
  if (std::holds_alternative<Bye>(message)) {
    if (leaving_) return End(Outcome::kLeft, "bye");
    connection_->Send(Bye{});
    return End(Outcome::kServerLeft, "the server said bye");
  }
  End(Outcome::kRefused, "the server sent a message that only a client may send");
}

// Who is refused at the door, and not told to try again, need not.
void ClientSession::OnError(const ErrorMessage& error) {
  End(offer_.empty() && !error.retry ? Outcome::kTurnedAway : Outcome::kRefused,
      "the server says: " + error.message.substr(0, kMaxServerText));
}

void ClientSession::OnSignallingClosed(const std::string& reason) {
  signalling_open_ = false;
  if (leaving_) return End(Outcome::kLeft, "bye");
  if (!streamed_) {
    End(Outcome::kServerLost, "the signalling connection broke: " + reason);
  } else if (reason != "end of file") {
    events_.on_note("signalling connection: " + reason);
  }
}

// webrtcbin makes an error of a peer that closes its transport, which may overtake the peer's bye.
void ClientSession::OnTransportLost(const std::string& reason) {
  if (leaving_ || leave_timer_.running()) return;
  leave_timer_.Once(kByeWait, [this, reason] { End(Outcome::kServerLost, reason); });
}

// Only an offer that can be used is worth a locator.
void ClientSession::OnOffer(const std::string& sdp) {
  if (!offer_.empty()) return End(Outcome::kRefused, "the server sent a second offer");
  const auto parsed = ParsePeerDescription(sdp);
  std::string error = parsed.error;
  if (error.empty() && !OffersKnownCodec(*parsed.description)) {
    error = "it has no video in VP8, VP9 or H264";
  }
  if (!error.empty()) {
    return End(Outcome::kRefused, "the server's offer cannot be used: " + error);
  }
  offer_ = sdp;
  StartLocator();
}

void ClientSession::AcceptOffer() {
  // Who signals over loopback also receives there where the server sends there, unless the user
  // said where or named a server that cannot be reached from there.
  const IceOptions& ice = settings_.peer.ice;
  if (ice.address.empty() && !NeedsNetwork(ice) && OffersLoopback(offer_)) {
    receiver_->peer().StayOn(connection_->LoopbackAddress());
  }
  const std::string error = receiver_->peer().AcceptOffer(offer_);
  if (!error.empty()) End(Outcome::kRefused, "the server's offer cannot be used: " + error);
}

void ClientSession::OnConnected() {
  connect_timer_.Stop();
  streamed_ = true;
  events_.on_note("connected to " + connection_->PeerName());
  watch_timer_.Every(kWatchPeriod, [this] { Watch(); });
  if (channel_.empty()) channel_timer_.Once(kChannelWait, [this] { OpenOwnChannel(); });
  if (!settings_.error_scale) return;
  truth_timer_.Once(kTruthWait, [this] {
    if (!truth_came_) events_.on_note("the server tells no truth: start it with --tell-truth");
  });
}

void ClientSession::OnRemoteChannel(const std::string& label) {
  // The server's session channel says that it is one of ours, which awaits that we open one.
  if (label == kSessionChannel) return OpenOwnChannel();
  if (!channel_.empty()) return;
  channel_timer_.Stop();
  channel_ = label;
  OnChannelOpen(label);
}

void ClientSession::OpenOwnChannel() {
  channel_timer_.Stop();
  if (!channel_.empty()) return;
  channel_ = kOwnChannel;
  receiver_->peer().OpenChannel(channel_);
  // From a server without data channels we take the frames all the same.
  if (ended_ || !OffersData(offer_)) return;
  channel_timer_.Once(settings_.channel_limit, [this] { OnChannelLimit(); });
}

// Where one channel does not open, no other one does: GStreamer's SCTP hangs, or a network without
// a way back. A new session helps, which --reconnect makes.
void ClientSession::OnChannelLimit() {
  if (leaving_ || channel_open_) return;
  End(Outcome::kServerLost, "frames come, but no data channel for the answers opened within " +
                                std::to_string(settings_.channel_limit.count() / 1000) + " s");
}

void ClientSession::OnChannelOpen(const std::string& label) {
  if (label != channel_) return;
  channel_timer_.Stop();
  channel_open_ = true;
  const auto waiting = std::exchange(unsent_, {});
  for (const LocatorMessage& located : waiting) SendAnswer(located);
}

// What else a server says there is for peers that are not ours.
void ClientSession::OnServerMessage(const std::string& text) {
  if (!settings_.error_scale) return;
  const auto truth = ParseCoordinateMessage(text);
  if (!truth || !truth->found || !truth->rtp_timestamp || !truth->radius) return;
  truth_came_ = true;
  receiver_->journal().Told(*truth->rtp_timestamp, {truth->x, truth->y, *truth->radius});
}

bool ClientSession::OnLocated(const LocatorMessage& located) {
  if (channel_open_) return SendAnswer(located);
  if (!receiver_->journal().Awaits(located)) return false;
  unsent_.push_back(located);
  if (unsent_.size() > kMaxUnsent) {
    unsent_.pop_front();
    ++totals_.unsent;
  }
  return true;
}

bool ClientSession::SendAnswer(const LocatorMessage& located) {
  const auto message = receiver_->journal().Answer(located, steady_clock::now());
  if (!message) return false;
  if (!receiver_->peer().Send(channel_, SerializeCoordinateMessage(*message))) {
    ++totals_.unsent;
    return true;
  }
  last_answered_ = steady_clock::now();
  ++totals_.answered;
  if (message->found) ++totals_.found;
  return true;
}

void ClientSession::Watch() {
  if (leaving_) return;
  if (settings_.frames != 0 && totals_.answered >= settings_.frames) return Leave();
  CheckHandoff();
  const auto silent = steady_clock::now() - receiver_->peer().LastHeard();
  if (silent > (signalling_open_ ? settings_.silence_limit : settings_.orphan_limit)) {
    End(Outcome::kServerLost, "the server is silent");
  }
}

// The locator that runs has its connection, and needs the socket no more.
void ClientSession::CheckHandoff() {
  if (handoff_told_ || !handoff_.Removed()) return;
  handoff_told_ = true;
  events_.on_note("the directory " + handoff_.path() +
                  " was removed: frames are located until the locator has to be started again");
}

void ClientSession::Leave() {
  if (ended_ || std::exchange(leaving_, true)) return;
  connection_->Send(Bye{});
  if (!streamed_ || !signalling_open_) return End(Outcome::kLeft, "bye");
  const auto limit = settings_.report ? settings_.report_limit : settings_.leave_limit;
  leave_timer_.Once(limit, [this] { End(Outcome::kLeft, "bye"); });
}

// The server's account of what came so far is still worth having.
void ClientSession::LeaveFailing(Outcome outcome, const std::string& reason) {
  if (!failure_) failure_ = Failure{outcome, reason};
  Leave();
}

std::optional<steady_clock::time_point> ClientSession::LastAnswered() const {
  return ended_ ? std::nullopt : last_answered_;
}

ClientTotals ClientSession::Totals() const {
  ClientTotals totals = totals_;
  totals.unsent += unsent_.size();
  if (receiver_) totals.decoded = receiver_->journal().decoded();
  return totals;
}

void ClientSession::End(Outcome outcome, const std::string& reason) {
  if (std::exchange(ended_, true)) return;
  connect_timer_.Stop();
  channel_timer_.Stop();
  truth_timer_.Stop();
  watch_timer_.Stop();
  leave_timer_.Stop();
  connection_->CloseAfterSending();
  if (failure_) return events_.on_ended(failure_->outcome, failure_->reason);
  events_.on_ended(outcome, reason);
}

}  // namespace ball
