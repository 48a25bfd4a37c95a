// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "apps/link/main_loop.h"
#include "apps/link/session_description.h"
#include "tests/light_client/udp_port.h"

namespace ball {

// A certificate and what all DTLS clients of a process share. Main thread only.
class DtlsIdentity {
 public:
  DtlsIdentity();
  DtlsIdentity(const DtlsIdentity&) = delete;
  DtlsIdentity& operator=(const DtlsIdentity&) = delete;

  // Whether there is one.
  bool valid() const { return fingerprint_.has_value(); }
  const Fingerprint& fingerprint() const { return *fingerprint_; }
  SSL_CTX* context() const { return context_.get(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  std::unique_ptr<SSL_CTX, Free> context_;
  std::optional<Fingerprint> fingerprint_;
};

// The client's side of one DTLS connection, which agrees on SRTP too, as WebRTC has it (RFC 8827).
// Nothing is handed over before the peer's certificate is compared. Main thread only.
class DtlsClient {
 public:
  struct Events {
    std::function<void(Bytes datagram)> send;
    std::function<void()> on_established;
    std::function<void(Bytes data)> on_data;
    std::function<void(const std::string& reason)> on_failed;
  };

  DtlsClient(const DtlsIdentity& identity, Fingerprint peer, Events events);
  ~DtlsClient();
  DtlsClient(const DtlsClient&) = delete;
  DtlsClient& operator=(const DtlsClient&) = delete;

  // Begins the handshake; once.
  void Start();
  bool started() const { return retry_.running() || established_; }
  void Receive(Bytes datagram);
  // Dropped before the handshake is over.
  void Send(Bytes data);

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  void Handshake();
  void Read();
  void Flush();
  bool IsPeerRight() const;
  void Fail(const std::string& reason);

  const Fingerprint peer_;
  const Events events_;
  std::unique_ptr<SSL, Free> ssl_;
  bool established_ = false;
  bool failed_ = false;
  Timer retry_;
};

}  // namespace ball
