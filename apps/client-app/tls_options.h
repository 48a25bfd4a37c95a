// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/link/exit_code.h"
#include "apps/link/glib_ptr.h"
#include "apps/link/tls_handshake.h"

namespace ball {

// The options about TLS with the server, as they are given: GLib writes here.
struct RawTlsOptions {
  gboolean tls = FALSE;
  char* ca = nullptr;
  char* name = nullptr;
};

// Refers to `raw`.
std::vector<GOptionEntry> TlsEntries(RawTlsOptions* raw);

struct TlsOptions {
  // What is asked of the server at `host`; nothing where TLS is not wanted.
  std::optional<TlsExpectation> expectation;
  // Empty, or what cannot be used; with `code`.
  std::string error;
  ExitCode code = ExitCode::kUsage;
};

// Takes the options.
TlsOptions ToTlsOptions(RawTlsOptions* raw, const std::string& host);

}  // namespace ball
