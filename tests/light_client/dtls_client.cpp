// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/light_client/dtls_client.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>

#include "apps/link/dtls_identity.h"

namespace ball {
namespace {

constexpr std::chrono::milliseconds kRetryPeriod{50};
// A datagram is 1200 bytes, which all networks carry.
constexpr long kMtu = 1200;
constexpr size_t kMaxData = 65536;

struct FreeAll {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <typename T>
using Freed = std::unique_ptr<T, FreeAll>;

// The certificate is no authority's: the fingerprint in the description says whose it is.
int AcceptAny(int, X509_STORE_CTX*) { return 1; }

// The first packets may come before the peer listens: not a whole second is waited for it.
unsigned int RetryAfter(SSL*, unsigned int last_us) {
  return last_us == 0 ? 100'000 : std::min(2 * last_us, 2'000'000U);
}

bool UsePem(SSL_CTX* context, const std::string& pem) {
  const Freed<BIO> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Freed<X509> certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
  const Freed<EVP_PKEY> key(PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr));
  return certificate && key && SSL_CTX_use_certificate(context, certificate.get()) == 1 &&
         SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

std::string ToPem(X509* certificate) {
  const Freed<BIO> text(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(text.get(), certificate) != 1) return {};
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text.get(), &bytes);
  return {bytes, static_cast<size_t>(size)};
}

}  // namespace

DtlsIdentity::DtlsIdentity() : context_(SSL_CTX_new(DTLS_client_method())) {
  SSL_CTX* context = context_.get();
  const std::string pem = MakeDtlsIdentity();
  if (context == nullptr || !UsePem(context, pem)) return;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, AcceptAny);
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU);
  // RFC 5764: unlike everywhere else in OpenSSL, 0 is success.
  if (SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AES128_CM_SHA1_80") != 0) return;
  fingerprint_ = FingerprintOf(pem, "sha-256");
}

DtlsClient::DtlsClient(const DtlsIdentity& identity, Fingerprint peer, Events events)
    : peer_(std::move(peer)), events_(std::move(events)), ssl_(SSL_new(identity.context())) {
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(in, -1);
  BIO_set_mem_eof_return(out, -1);
  SSL_set_bio(ssl_.get(), in, out);
  SSL_set_connect_state(ssl_.get());
  SSL_set_mtu(ssl_.get(), kMtu);
  DTLS_set_timer_cb(ssl_.get(), RetryAfter);
}

DtlsClient::~DtlsClient() = default;

void DtlsClient::Start() {
  retry_.Every(kRetryPeriod, [this] {
    DTLSv1_handle_timeout(ssl_.get());
    Flush();
  });
  Handshake();
}

void DtlsClient::Receive(Bytes datagram) {
  if (failed_ || !started()) return;
  BIO_write(SSL_get_rbio(ssl_.get()), datagram.data(), static_cast<int>(datagram.size()));
  if (!established_) Handshake();
  if (established_) Read();
}

void DtlsClient::Handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  Flush();
  if (result != 1) {
    const int error = SSL_get_error(ssl_.get(), result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      Fail("the DTLS handshake failed");
    }
    return;
  }
  retry_.Stop();
  if (!IsPeerRight()) return Fail("the server's certificate is not the one its offer names");
  established_ = true;
  events_.on_established();
}

void DtlsClient::Read() {
  static std::array<uint8_t, kMaxData> data;
  while (true) {
    ERR_clear_error();
    const int size = SSL_read(ssl_.get(), data.data(), static_cast<int>(data.size()));
    if (size > 0) {
      events_.on_data(Bytes(data.data(), static_cast<size_t>(size)));
      continue;
    }
    if (SSL_get_error(ssl_.get(), size) == SSL_ERROR_ZERO_RETURN) Fail("the server closed DTLS");
    break;
  }
  Flush();
}

void DtlsClient::Send(Bytes data) {
  if (!established_ || failed_) return;
  ERR_clear_error();
  SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size()));
  Flush();
}

// What OpenSSL has written since the last time: whole records, which one datagram may carry.
void DtlsClient::Flush() {
  BIO* out = SSL_get_wbio(ssl_.get());
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  if (size <= 0) return;
  events_.send(Bytes(reinterpret_cast<const uint8_t*>(bytes), static_cast<size_t>(size)));
  BIO_reset(out);
}

bool DtlsClient::IsPeerRight() const {
  const Freed<X509> certificate(SSL_get1_peer_certificate(ssl_.get()));
  return certificate && FingerprintOf(ToPem(certificate.get()), peer_.hash) == peer_;
}

void DtlsClient::Fail(const std::string& reason) {
  if (failed_) return;
  failed_ = true;
  retry_.Stop();
  events_.on_failed(reason);
}

}  // namespace ball
