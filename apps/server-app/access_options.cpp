// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/access_options.h"

#include <utility>

#include "apps/link/signalling_server.h"
#include "apps/link/text_file.h"

namespace ball {
namespace {

// Nothing where the option is not there: an empty name is no file, and not the same as none.
std::optional<std::string> TakeOptional(char** text) {
  const OwnedString owned(std::exchange(*text, nullptr));
  return owned ? std::optional<std::string>(owned.get()) : std::nullopt;
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
      {}};
}

std::optional<AccessError> ToAccessSettings(RawAccessOptions* raw, ServerApp::Settings* settings) {
  if (const auto token_file = TakeOptional(&raw->token_file)) {
    const TokenFile token = ReadTokenFile(*token_file);
    if (!token.token) return AccessError{ExitCode::kFailure, token.error};
    settings->reception.token = token.token;
  } else if (ReachedFromOutside(settings->host)) {
    settings->open_to_all = true;
    if (raw->open == FALSE) {
      return AccessError{ExitCode::kUsage,
                         "--host " + settings->host +
                             " lets other machines connect: say who may with --token-file FILE, or "
                             "that everybody may with --open; see server-app --help"};
    }
  }
  return std::nullopt;
}

}  // namespace ball
