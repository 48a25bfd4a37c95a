// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/access_options.h"

#include <iostream>
#include <utility>

#include "apps/link/signalling_server.h"
#include "apps/link/text_file.h"
#include "apps/link/tls_credentials.h"

namespace ball {
namespace {

constexpr int kMaxConnections = 65536;

// Nothing where the option is not there: an empty name is no file, and not the same as none.
std::optional<std::string> TakeOptional(char** text) {
  const OwnedString owned(std::exchange(*text, nullptr));
  return owned ? std::optional<std::string>(owned.get()) : std::nullopt;
}

AccessError WrongUse(const std::string& reason) {
  return {ExitCode::kUsage, reason + "; see server-app --help"};
}

// Who may come to a host that other machines reach.
std::optional<AccessError> ToToken(RawAccessOptions* raw, ServerApp::Settings* settings) {
  if (const auto token_file = TakeOptional(&raw->token_file)) {
    const TokenFile token = ReadTokenFile(*token_file);
    if (!token.token) return AccessError{ExitCode::kFailure, token.error};
    settings->reception.token = token.token;
  } else if (ReachedFromOutside(settings->host)) {
    settings->open_to_all = true;
    if (raw->open == FALSE) {
      return WrongUse("--host " + settings->host +
                      " lets other machines connect: say who may with --token-file FILE, or that "
                      "everybody may with --open");
    }
  }
  return std::nullopt;
}

std::optional<AccessError> ToTls(RawAccessOptions* raw, ServerApp::Settings* settings) {
  const auto certificate = TakeOptional(&raw->tls_cert);
  const auto key = TakeOptional(&raw->tls_key);
  if (!certificate) {
    if (key) return WrongUse("--tls-key is the key of --tls-cert, which is missing");
    return std::nullopt;
  }
  std::string error = WhyNoTls();
  if (!error.empty()) return AccessError{ExitCode::kFailure, error};
  const TlsIdentity identity = LoadTlsIdentity(*certificate, key.value_or(""));
  if (!identity.error.empty()) return AccessError{ExitCode::kFailure, identity.error};
  if (!identity.warning.empty()) std::cerr << "server-app: " + identity.warning + "\n";
  settings->tls_identity = identity.certificate;
  return std::nullopt;
}

}  // namespace

std::vector<GOptionEntry> AccessEntries(RawAccessOptions* raw) {
  return {
      {"token-file", 0, 0, G_OPTION_ARG_FILENAME, &raw->token_file,
       "Offer nothing without a hello that holds the first line of this file (default: none, all "
       "are served)",
       "FILE"},
      {"open", 0, 0, G_OPTION_ARG_NONE, &raw->open,
       "Serve everybody without a token, also with a --host that other machines reach (default: "
       "such a host needs --token-file)",
       nullptr},
      {"tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &raw->tls_cert,
       "Signalling over TLS only, with the certificate in this PEM file, those up to its CA's "
       "behind it; with --check: the server has this one (default: none, no TLS)",
       "FILE"},
      {"tls-key", 0, 0, G_OPTION_ARG_FILENAME, &raw->tls_key,
       "The private key of that certificate, in PEM without a passphrase (default: in the file of "
       "--tls-cert)",
       "FILE"},
      {"max-connections", 0, 0, G_OPTION_ARG_INT, &raw->max_connections,
       "Connections at the same time, sessions and all others, 1 to 65536 (default: 512)", "N"},
      {"max-connections-per-address", 0, 0, G_OPTION_ARG_INT, &raw->max_per_address,
       "The same, of one address, 1 to 65536; behind a NAT many clients have one (default: 256)",
       "N"},
      {}};
}

std::optional<AccessError> ToAccessSettings(RawAccessOptions* raw, ServerApp::Settings* settings) {
  if (raw->max_connections < 1 || raw->max_connections > kMaxConnections) {
    return WrongUse("--max-connections takes 1 to 65536");
  }
  if (raw->max_per_address < 1 || raw->max_per_address > kMaxConnections) {
    return WrongUse("--max-connections-per-address takes 1 to 65536");
  }
  settings->connections = {static_cast<size_t>(raw->max_connections),
                           static_cast<size_t>(raw->max_per_address)};
  auto error = ToToken(raw, settings);
  return error ? error : ToTls(raw, settings);
}

std::optional<AccessError> ToCheckAccess(RawAccessOptions* raw, StatusCheck* check) {
  TakeOptional(&raw->token_file);
  TakeOptional(&raw->tls_key);
  const auto certificate = TakeOptional(&raw->tls_cert);
  if (!certificate) return std::nullopt;
  const std::string missing = WhyNoTls();
  if (!missing.empty()) return AccessError{ExitCode::kFailure, missing};
  const TlsIdentity identity = LoadTlsCertificate(*certificate);
  if (!identity.error.empty()) return AccessError{ExitCode::kFailure, identity.error};
  check->tls.emplace();
  check->tls->pinned = identity.certificate;
  return std::nullopt;
}

}  // namespace ball
