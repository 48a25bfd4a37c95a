// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "apps/link/glib_ptr.h"
#include "apps/link/main_loop.h"

namespace ball {

// What a client asks of a server's certificate.
struct TlsExpectation {
  // Signed by one of these CAs; by one that this machine trusts where there is none.
  Ref<GTlsDatabase> authorities;
  // For messages: the file they are from, empty for this machine's.
  std::string authorities_file;
  // A name or an address that the certificate must be for.
  std::string name;
  // Instead of all that: this very certificate.
  Ref<GTlsCertificate> pinned;
};

// One TLS handshake on a connection, which does not block the main thread and ends within a time.
//
//   on_done     the connection to go on with, over TLS
//   on_failed   why not, in words that fit "no TLS with the server (...)"
//
// One of them is called, once, not before the constructor's return; none after destruction, which
// closes the connection. Main thread only.
class TlsHandshake {
 public:
  enum class Failure {
    kCertificate,  // the server's, which we do not take
    kNoTls,        // what the other side sends is something else, or it breaks off
    kBroken,       // the connection is, or time is over
  };

  struct Events {
    std::function<void(Ref<GSocketConnection>)> on_done;
    std::function<void(Failure, const std::string& reason)> on_failed;
  };

  static std::unique_ptr<TlsHandshake> AsServer(const Ref<GSocketConnection>& connection,
                                                const Ref<GTlsCertificate>& identity,
                                                std::chrono::milliseconds limit, Events events);
  static std::unique_ptr<TlsHandshake> AsClient(const Ref<GSocketConnection>& connection,
                                                const TlsExpectation& expectation,
                                                std::chrono::milliseconds limit, Events events);
  ~TlsHandshake();
  TlsHandshake(const TlsHandshake&) = delete;
  TlsHandshake& operator=(const TlsHandshake&) = delete;

 private:
  TlsHandshake(Ref<GSocketConnection> connection, Ref<GTlsConnection> tls, Events events);

  static gboolean OnCertificate(GTlsConnection* tls, GTlsCertificate* certificate,
                                GTlsCertificateFlags wrong, gpointer data);
  static void OnHandshake(GObject* tls, GAsyncResult* result, gpointer data);

  void Begin(std::chrono::milliseconds limit);
  void Succeed();
  void Fail(Failure failure, const std::string& reason);

  const Ref<GSocketConnection> connection_;
  const Ref<GTlsConnection> tls_;
  const Ref<GCancellable> cancellable_;
  const Events events_;
  TlsExpectation expectation_;
  // Why the certificate was not taken.
  std::string wrong_certificate_;
  bool over_ = false;
  bool done_ = false;
  Timer limit_timer_;
  SignalHandler certificate_handler_;
};

}  // namespace ball
