// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "apps/link/connection_limits.h"
#include "apps/link/glib_ptr.h"
#include "apps/link/main_loop.h"
#include "apps/link/tls_handshake.h"

namespace ball {

// Where a server that wants TLS lets its connections in: those whose handshake succeeds within a
// time. Who does not begin one is told in plain text that it should. GIO makes each handshake in
// one of a few threads, which one address cannot have all: of its connections so many are served at
// the same time, and the others wait. Main thread only.
class TlsDoor {
 public:
  // What a connection holds of the server's, if anything.
  using Place = std::optional<ConnectionLimits::Place>;

  static constexpr size_t kMaxHandshakes = 4;  // of one address at the same time

  struct Settings {
    Ref<GTlsCertificate> identity;
    // From the connection to the end of its handshake; what of it is gone while it waits for its
    // turn is gone.
    std::chrono::milliseconds limit{10000};
    // A TLS client speaks first, and at once: who is silent for so long is none.
    std::chrono::milliseconds silence{5000};
  };

  struct Events {
    std::function<void(Ref<GSocketConnection>, Place)> on_secured;
    // A line for the log, about one that was not let in.
    std::function<void(const std::string&)> on_note;
  };

  TlsDoor(Settings settings, Events events);
  ~TlsDoor();
  TlsDoor(const TlsDoor&) = delete;
  TlsDoor& operator=(const TlsDoor&) = delete;

  void Receive(const Ref<GSocketConnection>& connection, Place place);

 private:
  struct Guest;

  static gboolean OnReadable(GSocket* socket, GIOCondition condition, gpointer data);

  void OnFirstByte(Guest& guest);
  void OnSilent(Guest& guest);
  void StartHandshakes();
  void StartHandshake(Guest& guest);
  void OnSecured(Guest& guest, Ref<GSocketConnection> secured);
  void TurnAway(Guest& guest, const std::string& reason);
  void LeaveSoon(Guest& guest);
  size_t HandshakesOf(const std::string& address) const;

  const Settings settings_;
  const Events events_;
  Mailbox mailbox_;
  std::list<Guest> guests_;
};

}  // namespace ball
