// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/tls_handshake.h"

#include <utility>
#include <vector>

#include "apps/wire/printable.h"

namespace ball {
namespace {

// A certificate for more names than that is a hoster's.
constexpr size_t kMaxNames = 4;

struct FreeArray {
  void operator()(GPtrArray* array) const { g_ptr_array_unref(array); }
};
using OwnedArray = std::unique_ptr<GPtrArray, FreeArray>;

OwnedArray ArrayOf(GTlsCertificate* certificate, const char* property) {
  GPtrArray* array = nullptr;
  g_object_get(certificate, property, &array, nullptr);
  return OwnedArray(array);
}

// The names and addresses that it is for, as "a, b".
std::string NamesOf(GTlsCertificate* certificate) {
  std::vector<std::string> names;
  const OwnedArray hosts = ArrayOf(certificate, "dns-names");
  for (guint i = 0; hosts && i < hosts->len; ++i) {
    gsize size = 0;
    const auto* name =
        static_cast<const char*>(g_bytes_get_data(static_cast<GBytes*>(hosts->pdata[i]), &size));
    names.emplace_back(name, size);
  }
  const OwnedArray addresses = ArrayOf(certificate, "ip-addresses");
  for (guint i = 0; addresses && i < addresses->len; ++i) {
    names.emplace_back(
        OwnedString(g_inet_address_to_string(static_cast<GInetAddress*>(addresses->pdata[i])))
            .get());
  }
  std::string text;
  for (size_t i = 0; i < names.size() && i < kMaxNames; ++i) {
    text += (i == 0 ? "" : ", ") + Printable(names[i], 80);
  }
  if (names.size() > kMaxNames) text += ", ...";
  return text.empty() ? "nobody" : text;
}

// "2026-11-22"
std::string DateOf(GTlsCertificate* certificate, const char* property) {
  GDateTime* date = nullptr;
  g_object_get(certificate, property, &date, nullptr);
  if (date == nullptr) return "?";
  const OwnedString text(g_date_time_format(date, "%Y-%m-%d"));
  g_date_time_unref(date);
  return text ? text.get() : "?";
}

std::string NotSigned(const TlsExpectation& expectation) {
  if (expectation.authorities_file.empty()) {
    return "is signed by no CA that this machine trusts: give its CA with --tls-ca";
  }
  return "is not signed by a CA in " + expectation.authorities_file +
         ": give --tls-ca the one that signed it";
}

// What is wrong with the server's certificate, the gravest first.
std::string WhyNotTaken(GTlsCertificate* certificate, GTlsCertificateFlags wrong,
                        const TlsExpectation& expectation) {
  if (expectation.pinned) return "is not the one of --tls-cert";
  if ((wrong & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0) return NotSigned(expectation);
  if ((wrong & G_TLS_CERTIFICATE_EXPIRED) != 0) {
    return "expired on " + DateOf(certificate, "not-valid-after") + ": the server needs a new one";
  }
  if ((wrong & G_TLS_CERTIFICATE_NOT_ACTIVATED) != 0) {
    return "is not valid before " + DateOf(certificate, "not-valid-before") +
           ": check the clocks of both machines";
  }
  if ((wrong & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0) {
    return "is for " + NamesOf(certificate) + ", not for " + expectation.name +
           ": give one of its names with --host or --tls-name";
  }
  if ((wrong & G_TLS_CERTIFICATE_REVOKED) != 0) return "was revoked";
  if ((wrong & G_TLS_CERTIFICATE_INSECURE) != 0) return "is signed in a way that is not safe";
  // Above all one by a CA of the same name, but with another key.
  return NotSigned(expectation);
}

}  // namespace

TlsHandshake::TlsHandshake(Ref<GSocketConnection> connection, Ref<GTlsConnection> tls,
                           Events events)
    : connection_(std::move(connection)),
      tls_(std::move(tls)),
      cancellable_(Ref<GCancellable>::adopt(g_cancellable_new())),
      events_(std::move(events)) {
  // Every message of ours is a line, and the last one a bye: an end without a word is known for
  // one.
  g_tls_connection_set_require_close_notify(tls_.get(), FALSE);
}

TlsHandshake::~TlsHandshake() {
  g_cancellable_cancel(cancellable_.get());
  // Not the TLS connection, which would wait for the handshake's end.
  if (!done_) g_socket_close(g_socket_connection_get_socket(connection_.get()), nullptr);
}

std::unique_ptr<TlsHandshake> TlsHandshake::AsServer(const Ref<GSocketConnection>& connection,
                                                     const Ref<GTlsCertificate>& identity,
                                                     std::chrono::milliseconds limit,
                                                     Events events) {
  auto tls = Ref<GTlsConnection>::adopt(G_TLS_CONNECTION(
      g_tls_server_connection_new(G_IO_STREAM(connection.get()), identity.get(), nullptr)));
  // Clients show no certificate: without this each connection would load this machine's CAs.
  g_tls_connection_set_database(tls.get(), nullptr);
  std::unique_ptr<TlsHandshake> handshake(
      new TlsHandshake(connection, std::move(tls), std::move(events)));
  handshake->Begin(limit);
  return handshake;
}

std::unique_ptr<TlsHandshake> TlsHandshake::AsClient(const Ref<GSocketConnection>& connection,
                                                     const TlsExpectation& expectation,
                                                     std::chrono::milliseconds limit,
                                                     Events events) {
  // The port does not matter for the name.
  const auto identity =
      Ref<GSocketConnectable>::adopt(g_network_address_new(expectation.name.c_str(), 0));
  auto tls = Ref<GTlsConnection>::adopt(G_TLS_CONNECTION(
      g_tls_client_connection_new(G_IO_STREAM(connection.get()), identity.get(), nullptr)));
  std::unique_ptr<TlsHandshake> handshake(
      new TlsHandshake(connection, std::move(tls), std::move(events)));
  handshake->expectation_ = expectation;
  if (expectation.authorities) {
    g_tls_connection_set_database(handshake->tls_.get(), expectation.authorities.get());
  }
  handshake->certificate_handler_ = SignalHandler(handshake->tls_.get(), "accept-certificate",
                                                  G_CALLBACK(OnCertificate), handshake.get());
  handshake->Begin(limit);
  return handshake;
}

void TlsHandshake::Begin(std::chrono::milliseconds limit) {
  limit_timer_.Once(limit, [this] { Fail(Failure::kBroken, "it did not end in time"); });
  g_tls_connection_handshake_async(tls_.get(), G_PRIORITY_DEFAULT, cancellable_.get(), OnHandshake,
                                   this);
}

// On the main thread, for a certificate that is not valid by itself.
gboolean TlsHandshake::OnCertificate(GTlsConnection*, GTlsCertificate* certificate,
                                     GTlsCertificateFlags wrong, gpointer data) {
  auto* self = static_cast<TlsHandshake*>(data);
  GTlsCertificate* pinned = self->expectation_.pinned.get();
  if (pinned != nullptr && g_tls_certificate_is_same(pinned, certificate) != FALSE) return TRUE;
  self->wrong_certificate_ =
      "the server's certificate " + WhyNotTaken(certificate, wrong, self->expectation_);
  return FALSE;
}

void TlsHandshake::OnHandshake(GObject* tls, GAsyncResult* result, gpointer data) {
  GError* raw_error = nullptr;
  g_tls_connection_handshake_finish(G_TLS_CONNECTION(tls), result, &raw_error);
  const OwnedError error(raw_error);
  // Cancelled: the handshake is gone, so it must not be touched.
  if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_CANCELLED)) return;
  auto* self = static_cast<TlsHandshake*>(data);
  if (!error) return self->Succeed();
  if (!self->wrong_certificate_.empty()) {
    return self->Fail(Failure::kCertificate, self->wrong_certificate_);
  }
  // GnuTLS has no one code for bytes that are no TLS.
  const bool no_tls = error->domain == G_TLS_ERROR;
  self->Fail(no_tls ? Failure::kNoTls : Failure::kBroken, Printable(error->message));
}

void TlsHandshake::Succeed() {
  if (std::exchange(over_, true)) return;
  limit_timer_.Stop();
  done_ = true;
  const auto on_done = events_.on_done;
  // It carries what goes over the socket of `connection_`, and keeps that open.
  on_done(Ref<GSocketConnection>::adopt(G_SOCKET_CONNECTION(g_tcp_wrapper_connection_new(
      G_IO_STREAM(tls_.get()), g_socket_connection_get_socket(connection_.get())))));
}

void TlsHandshake::Fail(Failure failure, const std::string& reason) {
  if (std::exchange(over_, true)) return;
  limit_timer_.Stop();
  const auto on_failed = events_.on_failed;
  on_failed(failure, reason);
}

}  // namespace ball
