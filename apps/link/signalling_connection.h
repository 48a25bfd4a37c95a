// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "apps/link/connection_limits.h"
#include "apps/link/glib_ptr.h"
#include "apps/wire/line_framer.h"
#include "apps/wire/signalling_message.h"

namespace ball {

// "ADDRESS:PORT" of the other end, and its address alone.
std::string PeerNameOf(GSocketConnection* connection);
std::string PeerAddressOf(GSocketConnection* connection);

// One TCP connection that carries signalling messages, a JSON object a line.
//
//   on_message   a line that is a signalling message
//   on_closed    the connection is over, with the reason: "end of file", an I/O error, or what was
//                wrong with a line (too long, or no signalling message). Called once, and nothing
//                after it.
//
// Over TLS where the connection given is what a TlsHandshake made.
//
// A callback may destroy the connection. Main thread only.
class SignallingConnection {
 public:
  struct Events {
    std::function<void(const SignallingMessage&)> on_message;
    std::function<void(const std::string& reason)> on_closed;
  };

  // `place`: what it holds of a server's connections, for as long as it lives.
  explicit SignallingConnection(Ref<GSocketConnection> connection,
                                std::optional<ConnectionLimits::Place> place = {});
  ~SignallingConnection();
  SignallingConnection(const SignallingConnection&) = delete;
  SignallingConnection& operator=(const SignallingConnection&) = delete;

  // Begins to read; no event comes before this. Called again, also in a callback, it gives all
  // further events to somebody else.
  void Start(Events events);
  // Written at once as far as the socket takes it, the rest in order as it empties. Works in
  // on_closed too (the other direction may still be open); what cannot be written is dropped. The
  // connection ends where 1 MiB waits for a peer that does not read.
  void Send(const SignallingMessage& message);
  // Closes when everything sent is written, or at the latest when destroyed. The other side can
  // read what was sent last even where it has not stopped sending (farewell.h).
  void CloseAfterSending();

  std::string PeerName() const { return PeerNameOf(connection_.get()); }
  // Our own address on this connection, empty where it is not a loopback address. Media between
  // programs on one machine stays on the loopback interface.
  std::string LoopbackAddress() const;
  // As TCP measured it, from its handshake on. Nothing where it could not.
  std::optional<std::chrono::microseconds> RoundTrip() const;

 private:
  struct Read;

  static void OnRead(GObject* stream, GAsyncResult* result, gpointer data);
  static gboolean OnWritable(GObject* stream, gpointer self);

  void ReadNext();
  void DeliverLines();
  void WriteQueued();
  void AwaitWritable();
  void StopWriting();
  void GiveUp();
  void Close();
  void End(const std::string& reason);

  const std::optional<ConnectionLimits::Place> place_;
  Ref<GSocketConnection> connection_;
  Ref<GCancellable> cancellable_;
  Events events_;
  LineFramer framer_{kMaxSignallingLine};
  std::string output_;
  Ref<GSource> writable_;
  bool started_ = false;
  bool ended_ = false;
  bool closing_ = false;
  bool closed_ = false;
  bool heard_ = false;
};

}  // namespace ball
