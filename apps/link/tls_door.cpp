// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/tls_door.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "apps/link/signalling_connection.h"

namespace ball {
namespace {

// The type of the record that a TLS client begins with; no line of ours does.
constexpr char kHandshakeRecord = 0x16;

}  // namespace

// A connection that is not let in yet.
struct TlsDoor::Guest {
  TlsDoor* door = nullptr;
  Ref<GSocketConnection> connection;
  Place place;
  std::string peer;
  std::string address;
  // Until its first byte, which says whether it speaks TLS.
  Ref<GSource> readable;
  std::chrono::steady_clock::time_point deadline;
  bool speaks_tls = false;
  bool over = false;
  std::unique_ptr<TlsHandshake> handshake;
  Timer patience;

  ~Guest() {
    if (readable) g_source_destroy(readable.get());
  }
};

TlsDoor::TlsDoor(Settings settings, Events events)
    : settings_(std::move(settings)), events_(std::move(events)) {}

TlsDoor::~TlsDoor() = default;

void TlsDoor::Receive(const Ref<GSocketConnection>& connection, Place place) {
  Guest& guest = guests_.emplace_back();
  guest.door = this;
  guest.connection = connection;
  if (place) guest.place.emplace(*std::move(place));
  guest.peer = PeerNameOf(connection.get());
  guest.address = PeerAddressOf(connection.get());
  guest.deadline = std::chrono::steady_clock::now() + settings_.limit;
  guest.patience.Once(std::min(settings_.silence, settings_.limit),
                      [this, &guest] { OnSilent(guest); });
  guest.readable = Ref<GSource>::adopt(
      g_socket_create_source(g_socket_connection_get_socket(connection.get()), G_IO_IN, nullptr));
  g_source_set_callback(guest.readable.get(), G_SOURCE_FUNC(OnReadable), &guest, nullptr);
  g_source_attach(guest.readable.get(), nullptr);
}

gboolean TlsDoor::OnReadable(GSocket*, GIOCondition, gpointer data) {
  auto* guest = static_cast<Guest*>(data);
  guest->door->OnFirstByte(*guest);
  return G_SOURCE_REMOVE;
}

void TlsDoor::OnFirstByte(Guest& guest) {
  const int socket = g_socket_get_fd(g_socket_connection_get_socket(guest.connection.get()));
  char first = 0;
  const ssize_t count = recv(socket, &first, 1, MSG_PEEK | MSG_DONTWAIT);
  if (count <= 0) {
    events_.on_note(guest.peer + " ended before its TLS handshake");
    return LeaveSoon(guest);
  }
  if (first != kHandshakeRecord) {
    return TurnAway(guest, "the server wants TLS, which the client does not speak: give it --tls");
  }
  guest.speaks_tls = true;
  guest.patience.Once(settings_.limit, [this, &guest] { OnSilent(guest); });
  StartHandshakes();
}

void TlsDoor::OnSilent(Guest& guest) {
  if (guest.speaks_tls) {
    events_.on_note(guest.peer + " was turned away: too many TLS handshakes of its address");
    return LeaveSoon(guest);
  }
  // Who spoke while this process had no turn was not silent: OnReadable comes next.
  GSocket* socket = g_socket_connection_get_socket(guest.connection.get());
  if (g_socket_condition_check(socket, G_IO_IN) != 0) return;
  TurnAway(guest, "the server wants TLS, and nothing came of it: give the client --tls");
}

size_t TlsDoor::HandshakesOf(const std::string& address) const {
  return static_cast<size_t>(std::count_if(guests_.begin(), guests_.end(), [&](const Guest& guest) {
    return guest.handshake && !guest.over && guest.address == address;
  }));
}

void TlsDoor::StartHandshakes() {
  for (Guest& guest : guests_) {
    const bool waits = guest.speaks_tls && !guest.over && !guest.handshake;
    if (waits && HandshakesOf(guest.address) < kMaxHandshakes) StartHandshake(guest);
  }
}

void TlsDoor::StartHandshake(Guest& guest) {
  guest.patience.Stop();
  TlsHandshake::Events events;
  events.on_done = [this, &guest](Ref<GSocketConnection> secured) {
    OnSecured(guest, std::move(secured));
  };
  events.on_failed = [this, &guest](TlsHandshake::Failure, const std::string& reason) {
    events_.on_note(guest.peer + " ended in its TLS handshake: " + reason);
    LeaveSoon(guest);
  };
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      guest.deadline - std::chrono::steady_clock::now());
  guest.handshake = TlsHandshake::AsServer(guest.connection, settings_.identity,
                                           std::max(left, std::chrono::milliseconds(1)), events);
}

void TlsDoor::OnSecured(Guest& guest, Ref<GSocketConnection> secured) {
  events_.on_secured(std::move(secured), std::move(guest.place));
  LeaveSoon(guest);
}

// In plain text, since that is what it understands.
void TlsDoor::TurnAway(Guest& guest, const std::string& reason) {
  events_.on_note(guest.peer + " was turned away: " + reason);
  SignallingConnection plain(guest.connection);
  plain.Send(ErrorMessage{reason});
  plain.CloseAfterSending();
  LeaveSoon(guest);
}

// It may still be in its own call: it is destroyed after that.
void TlsDoor::LeaveSoon(Guest& guest) {
  guest.over = true;
  guest.patience.Stop();
  mailbox_.Post([this] {
    guests_.remove_if([](const Guest& one) { return one.over; });
    StartHandshakes();
  });
}

}  // namespace ball
