// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/tls_options.h"

#include <utility>

#include "apps/link/tls_credentials.h"

namespace ball {

std::vector<GOptionEntry> TlsEntries(RawTlsOptions* raw) {
  return {{"tls", 0, 0, G_OPTION_ARG_NONE, &raw->tls,
           "Signalling over TLS, with a server whose certificate is for --host and signed by a CA "
           "that this machine trusts (default: no TLS)",
           nullptr},
          {"tls-ca", 0, 0, G_OPTION_ARG_FILENAME, &raw->ca,
           "The same, but signed by a CA in this PEM file; a server's own certificate will do "
           "(default: this machine's)",
           "FILE"},
          {"tls-name", 0, 0, G_OPTION_ARG_STRING, &raw->name,
           "The same, but for this name or address (default: that of --host)", "NAME"},
          {}};
}

TlsOptions ToTlsOptions(RawTlsOptions* raw, const std::string& host) {
  const OwnedString ca(std::exchange(raw->ca, nullptr));
  const OwnedString name(std::exchange(raw->name, nullptr));
  if (raw->tls == FALSE && !ca && !name) return {};
  if (name && *name.get() == '\0')
    return {{}, "--tls-name takes a name or an address; see client-app --help"};
  const std::string missing = WhyNoTls();
  if (!missing.empty()) return {{}, missing, ExitCode::kFailure};
  TlsExpectation expectation;
  expectation.name = name ? name.get() : host;
  if (ca) {
    const TlsTrust trust = LoadTlsTrust(ca.get());
    if (!trust.error.empty()) return {{}, trust.error, ExitCode::kFailure};
    expectation.authorities = trust.database;
    expectation.authorities_file = ca.get();
  }
  return {expectation, {}};
}

}  // namespace ball
