// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "apps/link/exit_code.h"
#include "apps/link/status_check.h"
#include "apps/server-app/server_app.h"

namespace ball {

struct ServerOptions {
  ServerApp::Settings settings;
  // Set where the program ends at once: --help, --version, or an error, which was said.
  std::optional<ExitCode> exit_code;
  // Set where a running server is to be asked, instead of running one: --check.
  std::optional<StatusCheck> check;
};

// Reads server-app's command line, and checks the ranges and that the plugins are there.
// Initializes GStreamer, but not for a check.
ServerOptions ParseServerOptions(int* argc, char*** argv);

}  // namespace ball
