// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/light_client/light_session.h"

#include <utility>

#include "apps/wire/coordinate_message.h"
#include "tests/light_client/garble.h"

namespace ball {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kWatchPeriod{250};
constexpr guint kConnectSeconds = 10;
constexpr milliseconds kSlowPeriod{1000};
constexpr milliseconds kFloodPeriod{5};
constexpr size_t kFloodPerSecond = 10000;
// Answers before a channel is closed.
constexpr size_t kFramesBeforeClosing = 30;
// Where every ball is said to be, in pixels: nobody looked.
constexpr double kPlace = 100;

std::string Seconds(milliseconds time) { return std::to_string(time.count() / 1000) + " s"; }

// A peer's text may hold anything: only what is printable goes to the terminal.
std::string Printable(std::string text) {
  for (char& c : text) {
    if (!g_ascii_isprint(c)) c = '?';
  }
  return text;
}

// What RFC 7983 says a datagram is, by its first byte.
enum class Kind { kStun, kDtls, kRtp, kUnknown };

Kind KindOf(Bytes datagram) {
  const int first = datagram.empty() ? -1 : datagram[0];
  if (first >= 0 && first <= 3) return Kind::kStun;
  if (first >= 20 && first <= 63) return Kind::kDtls;
  return first >= 128 && first <= 191 ? Kind::kRtp : Kind::kUnknown;
}

// Whose frames the others of this process answer, too.
const LightSession* last_garbler = nullptr;

}  // namespace

LightSession::LightSession(const Settings& settings, const DtlsIdentity& identity, Poller& poller,
                           Events events)
    : settings_(settings), identity_(identity), poller_(poller), events_(std::move(events)) {}

LightSession::~LightSession() {
  if (last_garbler == this) last_garbler = nullptr;
  if (connecting_) g_cancellable_cancel(connecting_.get());
  if (port_) poller_.Remove(port_->fd());
}

void LightSession::Start() {
  started_ = steady_clock::now();
  if (settings_.behaviour == Behaviour::kAnswers) {
    limit_.Once(settings_.connect_limit,
                [this] { End("not connected within " + Seconds(settings_.connect_limit)); });
  }
  const auto client = Ref<GSocketClient>::adopt(g_socket_client_new());
  g_socket_client_set_timeout(client.get(), kConnectSeconds);
  connecting_ = Ref<GCancellable>::adopt(g_cancellable_new());
  g_socket_client_connect_to_host_async(client.get(), settings_.host.c_str(),
                                        static_cast<guint16>(settings_.port), connecting_.get(),
                                        OnConnect, this);
}

void LightSession::OnConnect(GObject* client, GAsyncResult* result, gpointer data) {
  GError* raw_error = nullptr;
  auto connection = Ref<GSocketConnection>::adopt(
      g_socket_client_connect_to_host_finish(G_SOCKET_CLIENT(client), result, &raw_error));
  const OwnedError error(raw_error);
  if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_CANCELLED)) return;
  auto* self = static_cast<LightSession*>(data);
  if (error) {
    return self->End("cannot connect to " + self->settings_.host + ":" +
                     std::to_string(self->settings_.port) + " (" + error->message + ")");
  }
  g_socket_set_timeout(g_socket_connection_get_socket(connection.get()), 0);
  self->OnConnected(std::move(connection));
}

void LightSession::OnConnected(Ref<GSocketConnection> connection) {
  const std::string error = OpenPort(connection.get());
  if (!error.empty()) return End(error);
  socket_ = connection;
  connection_ = std::make_unique<SignallingConnection>(std::move(connection));
  connection_->Start({[this](const SignallingMessage& message) { OnSignalling(message); },
                      [this](const std::string& reason) { OnSignallingClosed(reason); }});
}

// Media goes where signalling goes: on the same address of this machine.
std::string LightSession::OpenPort(GSocketConnection* connection) {
  const auto local =
      Ref<GSocketAddress>::adopt(g_socket_connection_get_local_address(connection, nullptr));
  if (!local) return "the connection has no address";
  UdpAddress address;
  address.size = static_cast<socklen_t>(g_socket_address_get_native_size(local.get()));
  g_socket_address_to_native(local.get(), &address.storage, sizeof address.storage, nullptr);
  const OwnedString text(g_inet_address_to_string(
      g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(local.get()))));
  address_ = text.get();
  port_ = std::make_unique<UdpPort>(address);
  const auto on_readable = [this] {
    port_->ReceiveAll(
        [this](Bytes datagram, const UdpAddress& from) { OnDatagram(datagram, from); });
  };
  if (port_->fd() >= 0 && poller_.Add(port_->fd(), on_readable)) return {};
  return "no UDP port can be had on " + address_;
}

void LightSession::OnSignalling(const SignallingMessage& message) {
  if (const auto* offer = std::get_if<Offer>(&message)) return OnOffer(offer->sdp);
  // An ICE-lite agent needs no candidates of its peer.
  if (std::holds_alternative<Candidate>(message)) return;
  if (const auto* error = std::get_if<ErrorMessage>(&message)) {
    return End("the server says: " + Printable(error->message));
  }
  if (std::holds_alternative<Bye>(message)) {
    return End(leaving_ ? "" : "the server said bye");
  }
  End("the server sent a message that is not for a client");
}

void LightSession::OnSignallingClosed(const std::string& reason) {
  End(leaving_ ? "" : "the signalling connection broke: " + reason);
}

void LightSession::OnOffer(const std::string& sdp) {
  if (dtls_) return End("the server sent a second offer");
  const auto read = ReadOffer(sdp);
  if (!read.offer) return End("the server's offer cannot be used: " + read.error);
  if (settings_.behaviour == Behaviour::kNoAnswer) return;
  ice_.SetPeer(read.offer->ice_ufrag);
  MakeTransport(*read.offer);
  Fingerprint fingerprint = identity_.fingerprint();
  // That of the server will do for a stranger's.
  if (settings_.behaviour == Behaviour::kForges) fingerprint = read.offer->fingerprint;
  const Answer answer{WriteAnswer(
      *read.offer, {ice_.ufrag(), ice_.password(), fingerprint, address_, port_->port()})};
  if (settings_.behaviour == Behaviour::kSlowAnswer) return SendSlowly(answer);
  connection_->Send(answer);
}

void LightSession::SendSlowly(const SignallingMessage& message) {
  slow_bytes_ = SerializeSignallingMessage(message) + "\n";
  misbehaviour_timer_.Every(kSlowPeriod, [this] {
    GOutputStream* output = g_io_stream_get_output_stream(G_IO_STREAM(socket_.get()));
    g_output_stream_write(output, slow_bytes_.data(), 1, nullptr, nullptr);
    slow_bytes_.erase(0, 1);
    if (slow_bytes_.empty()) misbehaviour_timer_.Stop();
  });
}

void LightSession::MakeTransport(const LightOffer& offer) {
  channel_ = std::make_unique<SctpChannel>(
      offer.sctp_port, settings_.behaviour == Behaviour::kNoChannel ? "" : "coordinates",
      SctpChannel::Events{[this](Bytes packet) { dtls_->Send(packet); }, [] {}});
  dtls_ = std::make_unique<DtlsClient>(
      identity_, offer.fingerprint,
      DtlsClient::Events{[this](Bytes datagram) { port_->Send(datagram, server_); },
                         [this] { channel_->Start(); },
                         [this](Bytes data) { channel_->Receive(data); },
                         [this](const std::string& reason) { End(leaving_ ? "" : reason); }});
}

void LightSession::OnDatagram(Bytes datagram, const UdpAddress& from) {
  if (ended_ || !dtls_) return;
  switch (KindOf(datagram)) {
    case Kind::kRtp:
      return OnPacket(datagram);
    case Kind::kStun:
      return OnCheck(datagram, from);
    case Kind::kDtls:
      return dtls_->Receive(datagram);
    case Kind::kUnknown:
      return;
  }
}

void LightSession::OnCheck(Bytes datagram, const UdpAddress& from) {
  if (settings_.behaviour == Behaviour::kNoIce) return;
  const auto reply = ice_.Answer(datagram, from);
  if (!reply.datagram.empty()) port_->Send(reply.datagram, from);
  if (!reply.nominated) return;
  server_ = from;
  if (settings_.behaviour != Behaviour::kNoDtls && !dtls_->started()) dtls_->Start();
}

void LightSession::OnPacket(Bytes packet) {
  const auto now = steady_clock::now();
  if (!first_packet_) first_packet_ = now;
  if (const auto frame = watch_.Receive(packet)) AnswerFrame(*frame, now);
}

void LightSession::AnswerFrame(RtpTimestamp frame, steady_clock::time_point now) {
  const auto arrived = *std::exchange(first_packet_, std::nullopt);
  const auto spent = duration_cast<microseconds>(now - arrived);
  CoordinateMessage message;
  message.rtp_timestamp = frame;
  message.found = true;
  message.x = message.y = kPlace;
  message.stages = StageTimes{spent, spent, spent, spent};
  message.arrived = duration_cast<microseconds>(arrived.time_since_epoch());
  last_frame_ = now;
  last_answer_ = SerializeCoordinateMessage(message);
  last_timestamp_ = frame;
  if (!channel_->Send(last_answer_)) return;
  pace_.Add(now);
  if (!std::exchange(streaming_, true)) {
    limit_.Stop();
    joined_ = now - started_;
    watch_timer_.Every(kWatchPeriod, [this] { Watch(); });
    events_.on_streaming();
  }
  Misbehave();
  events_.on_answered();
}

void LightSession::Misbehave() {
  if (settings_.behaviour == Behaviour::kClosesChannel && pace_.count() >= kFramesBeforeClosing) {
    channel_->Close();
  }
  if (settings_.behaviour == Behaviour::kGarbles) SendGarble();
  if (settings_.behaviour == Behaviour::kFloods && !misbehaviour_timer_.running()) BeginFlood();
}

// The malformed ones in turn; then an answer as bytes, one to a frame of the future and one to
// another session's.
void LightSession::SendGarble() {
  const auto& messages = MalformedMessages();
  const size_t turn = garbled_++ % (messages.size() + 3);
  if (turn < messages.size()) {
    const Garble& garble = messages[turn];
    garble.binary ? channel_->SendBinary(garble.bytes) : channel_->Send(garble.bytes);
  } else if (turn == messages.size()) {
    channel_->SendBinary(last_answer_);
  } else if (turn == messages.size() + 1) {
    channel_->Send(ForFrame({last_timestamp_.value + kFuture}));
  } else if (last_garbler != nullptr && last_garbler != this) {
    channel_->Send(ForFrame(last_garbler->last_timestamp_));
  }
  last_garbler = this;
}

void LightSession::BeginFlood() {
  flood_started_ = steady_clock::now();
  misbehaviour_timer_.Every(kFloodPeriod, [this] { Flood(); });
}

// Half of it repeats the last answer, half is no message.
void LightSession::Flood() {
  const auto spent = duration_cast<milliseconds>(steady_clock::now() - flood_started_).count();
  const size_t due = kFloodPerSecond * static_cast<size_t>(spent) / 1000;
  while (flooded_ < due && channel_->Send(flooded_ % 2 == 0 ? last_answer_ : "{\"x\":")) ++flooded_;
}

void LightSession::Watch() {
  if (leaving_ || steady_clock::now() - last_frame_ < settings_.silence_limit) return;
  End("no frame came for " + Seconds(settings_.silence_limit));
}

void LightSession::Leave() {
  if (ended_ || std::exchange(leaving_, true)) return;
  if (!connection_) return End("");
  if (settings_.behaviour != Behaviour::kAnswers) return End("");
  connection_->Send(Bye{});
  limit_.Once(settings_.leave_limit, [this] { End("the server did not say bye"); });
}

void LightSession::End(const std::string& error) {
  if (std::exchange(ended_, true)) return;
  limit_.Stop();
  watch_timer_.Stop();
  misbehaviour_timer_.Stop();
  if (connection_) connection_->CloseAfterSending();
  events_.on_ended(error);
}

}  // namespace ball
