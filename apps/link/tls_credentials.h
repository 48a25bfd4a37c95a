// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "apps/link/glib_ptr.h"

namespace ball {

// Empty, or a sentence on what to install: GIO has TLS only with glib-networking.
std::string WhyNoTls();

// What a server shows of itself.
struct TlsIdentity {
  // With its private key and, where the file has them, the certificates up to a CA's.
  Ref<GTlsCertificate> certificate;
  // Empty, or why there is none and what to do, in one sentence.
  std::string error;
  // Empty, or what is wrong with a certificate that can be used all the same: that it is over.
  std::string warning;
};

// Reads them from PEM files of --tls-cert and --tls-key; the key may stand in the certificate's
// file, where `key_file` is empty. The key must be the certificate's, and have no passphrase.
TlsIdentity LoadTlsIdentity(const std::string& certificate_file, const std::string& key_file);

// The first certificate of a PEM file, which needs no key.
TlsIdentity LoadTlsCertificate(const std::string& certificate_file);

// Whose word for a server's certificate is taken.
struct TlsTrust {
  // Of the CAs of a file.
  Ref<GTlsDatabase> database;
  std::string error;
};

// The CAs of the PEM file of --tls-ca.
TlsTrust LoadTlsTrust(const std::string& ca_file);

}  // namespace ball
