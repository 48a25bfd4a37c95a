// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/dtls_identity.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <utility>

namespace ball {
namespace {

constexpr long kDay = 24L * 60 * 60;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};

template <typename T>
using Owned = std::unique_ptr<T, Free>;

// Unlike those of other certificates of the same name, or peers that cache them mix them up.
bool SetRandomSerial(X509* certificate) {
  std::uint64_t serial = 0;
  return RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1;
}

// The name says nothing about who we are: the fingerprint in the session description does.
bool NameItself(X509* certificate) {
  const auto* name = reinterpret_cast<const unsigned char*>("gst-ball");
  X509_NAME* subject = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1;
}

Owned<X509> SelfSigned(EVP_PKEY* key) {
  Owned<X509> certificate(X509_new());
  X509* raw = certificate.get();
  const bool made = raw != nullptr && X509_set_version(raw, X509_VERSION_3) == 1 &&
                    SetRandomSerial(raw) && NameItself(raw) &&
                    X509_gmtime_adj(X509_getm_notBefore(raw), -kDay) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(raw), 30 * kDay) != nullptr &&
                    X509_set_pubkey(raw, key) == 1 && X509_sign(raw, key, EVP_sha256()) > 0;
  return made ? std::move(certificate) : nullptr;
}

}  // namespace

std::string MakeDtlsIdentity() {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  if (!key) return {};
  const Owned<X509> certificate = SelfSigned(key.get());
  const Owned<BIO> text(BIO_new(BIO_s_mem()));
  if (!certificate || !text || PEM_write_bio_X509(text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return {};
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text.get(), &bytes);
  return {bytes, static_cast<size_t>(size)};
}

}  // namespace ball
