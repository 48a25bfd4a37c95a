// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/tls_credentials.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "apps/link/text_file.h"

namespace ball {
namespace {

// A certificate takes 2 KiB, a chain some of them.
constexpr size_t kMaxPemFile = 1024 * size_t{1024};

struct FreeSsl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};

template <typename T>
using Ssl = std::unique_ptr<T, FreeSsl>;

Ssl<BIO> Reader(const std::string& text) {
  return Ssl<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Nobody is there to be asked for a passphrase.
int NoPassphrase(char*, int, int, void*) { return -1; }

Ssl<X509> FirstCertificate(const std::string& pem) {
  Ssl<X509> certificate(PEM_read_bio_X509(Reader(pem).get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return certificate;
}

Ssl<EVP_PKEY> PrivateKey(const std::string& pem) {
  Ssl<EVP_PKEY> key(PEM_read_bio_PrivateKey(Reader(pem).get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return key;
}

bool BelongTogether(X509* certificate, EVP_PKEY* key) {
  const bool together = X509_check_private_key(certificate, key) == 1;
  ERR_clear_error();
  return together;
}

TlsIdentity Refused(const std::string& error) { return {{}, error, {}}; }

TlsIdentity Unreadable(const char* what, const std::string& file, const char* option,
                       const std::string& why) {
  return Refused(std::string("cannot read the ") + what + " from " + file + " (" + why +
                 "): give " + option + " a PEM file that you can read");
}

TlsIdentity NoCertificate(const std::string& file) {
  return Refused(file +
                 " holds no certificate in PEM: give --tls-cert the server's own, with those "
                 "up to the CA's behind it");
}

std::string Validity(const X509* certificate, const std::string& file) {
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) {
    return "the certificate in " + file + " has expired: clients will refuse it";
  }
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0) {
    return "the certificate in " + file + " is not valid yet: clients will refuse it";
  }
  return {};
}

TlsIdentity Parsed(const std::string& pem, const std::string& file) {
  TlsIdentity identity;
  GError* raw_error = nullptr;
  identity.certificate = Ref<GTlsCertificate>::adopt(
      g_tls_certificate_new_from_pem(pem.data(), static_cast<gssize>(pem.size()), &raw_error));
  const OwnedError error(raw_error);
  if (error) identity.error = file + " cannot be used for TLS (" + error->message + ")";
  return identity;
}

}  // namespace

std::string WhyNoTls() {
  if (g_tls_backend_supports_tls(g_tls_backend_get_default()) != FALSE) return {};
  return "this machine's GIO has no TLS: install the package glib-networking";
}

TlsIdentity LoadTlsCertificate(const std::string& certificate_file) {
  const TextFile file = ReadTextFile(certificate_file, kMaxPemFile);
  if (!file.error.empty()) {
    return Unreadable("certificate", certificate_file, "--tls-cert", file.error);
  }
  if (!FirstCertificate(file.text)) return NoCertificate(certificate_file);
  return Parsed(file.text, certificate_file);
}

TlsIdentity LoadTlsIdentity(const std::string& certificate_file, const std::string& key_file) {
  const TextFile own = ReadTextFile(certificate_file, kMaxPemFile);
  if (!own.error.empty()) {
    return Unreadable("certificate", certificate_file, "--tls-cert", own.error);
  }
  const TextFile other = key_file.empty() ? TextFile{} : ReadTextFile(key_file, kMaxPemFile);
  if (!other.error.empty()) return Unreadable("key", key_file, "--tls-key", other.error);
  const auto certificate = FirstCertificate(own.text);
  if (!certificate) return NoCertificate(certificate_file);
  const auto key = PrivateKey(key_file.empty() ? own.text : other.text);
  if (!key) {
    return Refused((key_file.empty() ? certificate_file : key_file) +
                   " holds no private key in PEM without a passphrase: give --tls-key the "
                   "certificate's");
  }
  if (!BelongTogether(certificate.get(), key.get())) {
    return Refused("the private key in " + (key_file.empty() ? certificate_file : key_file) +
                   " is not that of the certificate in " + certificate_file +
                   ": give --tls-key the one that the certificate was made for");
  }
  TlsIdentity identity = Parsed(own.text + "\n" + other.text, certificate_file);
  identity.warning = Validity(certificate.get(), certificate_file);
  return identity;
}

TlsTrust LoadTlsTrust(const std::string& ca_file) {
  const auto refused = [&](const std::string& why) {
    return TlsTrust{{},
                    "cannot read CA certificates from " + ca_file + " (" + why +
                        "): give --tls-ca a PEM file of the CA that signed the server's "
                        "certificate"};
  };
  const TextFile file = ReadTextFile(ca_file, kMaxPemFile);
  if (!file.error.empty()) return refused(file.error);
  if (!FirstCertificate(file.text)) return refused("it holds none in PEM");
  TlsTrust trust;
  GError* raw_error = nullptr;
  const OwnedString path(g_canonicalize_filename(ca_file.c_str(), nullptr));
  trust.database =
      Ref<GTlsDatabase>::adopt(G_TLS_DATABASE(g_tls_file_database_new(path.get(), &raw_error)));
  const OwnedError error(raw_error);
  if (error) return refused(error->message);
  return trust;
}

}  // namespace ball
