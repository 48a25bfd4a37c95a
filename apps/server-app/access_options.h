// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/link/exit_code.h"
#include "apps/link/glib_ptr.h"
#include "apps/link/status_check.h"
#include "apps/server-app/server_app.h"

namespace ball {

// The options about who may connect, as they are given: GLib writes here.
struct RawAccessOptions {
  char* token_file = nullptr;
  gboolean open = FALSE;
  char* tls_cert = nullptr;
  char* tls_key = nullptr;
  int max_connections = static_cast<int>(ConnectionLimits::Settings{}.total);
  int max_per_address = static_cast<int>(ConnectionLimits::Settings{}.per_address);
};

// Refers to `raw`.
std::vector<GOptionEntry> AccessEntries(RawAccessOptions* raw);

struct AccessError {
  ExitCode code = ExitCode::kUsage;
  std::string reason;
};

// Takes the options: what cannot be used of them. The host must be in `settings`: whoever listens
// beyond this machine says who may come, by a token or by --open.
std::optional<AccessError> ToAccessSettings(RawAccessOptions* raw, ServerApp::Settings* settings);

// The same where a running server is asked (--check): whether over TLS.
std::optional<AccessError> ToCheckAccess(RawAccessOptions* raw, StatusCheck* check);

}  // namespace ball
