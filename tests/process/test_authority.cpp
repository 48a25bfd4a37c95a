// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/process/test_authority.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <cstdio>
#include <utility>

namespace ball {
namespace {

constexpr long kDay = 24L * 60 * 60;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};

template <typename T>
using Owned = std::unique_ptr<T, Free>;

bool Add(X509* certificate, int kind, const std::string& value) {
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Owned<X509> Blank(const std::string& subject, EVP_PKEY* key,
                  const TestAuthority::Validity& validity) {
  Owned<X509> certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(subject.c_str()), -1, -1, 0);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), validity.from * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), validity.to * kDay);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

bool WriteCertificate(X509* certificate, const std::string& path) {
  const Owned<std::FILE> file(std::fopen(path.c_str(), "w"));
  return file && PEM_write_X509(file.get(), certificate) == 1;
}

bool WriteKey(EVP_PKEY* key, const std::string& path) {
  const Owned<std::FILE> file(std::fopen(path.c_str(), "w"));
  return file && PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
}

}  // namespace

struct TestAuthority::Private {
  Owned<EVP_PKEY> key{EVP_EC_gen("P-256")};
  Owned<X509> certificate;
};

TestAuthority::TestAuthority(const std::string& certificate_file)
    : private_(std::make_unique<Private>()) {
  X509* raw = (private_->certificate = Blank("test authority", private_->key.get(), {})).get();
  X509_set_issuer_name(raw, X509_get_subject_name(raw));
  Add(raw, NID_basic_constraints, "critical,CA:TRUE");
  Add(raw, NID_key_usage, "critical,keyCertSign");
  X509_sign(raw, private_->key.get(), EVP_sha256());
  WriteCertificate(raw, certificate_file);
}

TestAuthority::~TestAuthority() = default;

bool TestAuthority::Issue(const std::string& names, const std::string& certificate_file,
                          const std::string& key_file, const Validity& validity) const {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const auto certificate = Blank("test server", key.get(), validity);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(private_->certificate.get()));
  return Add(certificate.get(), NID_subject_alt_name, names) &&
         X509_sign(certificate.get(), private_->key.get(), EVP_sha256()) > 0 &&
         WriteCertificate(certificate.get(), certificate_file) && WriteKey(key.get(), key_file);
}

}  // namespace ball
