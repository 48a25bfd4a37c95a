// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "apps/client-app/client_app.h"
#include "apps/link/exit_code.h"
#include "apps/link/status_check.h"

namespace ball {

struct ClientOptions {
  ClientApp::Settings settings;
  // Set where the program ends at once: --help, --version, or an error, which was said.
  std::optional<ExitCode> exit_code;
  // Set where a running client is to be asked, instead of running one: --check.
  std::optional<StatusCheck> check;
  // The video sink that was tried, open, so that its display stays for the program's own one.
  Ref<GstElement> display;

  ClientOptions() = default;
  ClientOptions(ClientOptions&&) = default;
  ClientOptions& operator=(ClientOptions&&) = delete;
  ~ClientOptions();
};

// Reads client-app's command line, and checks what can be checked before a server is there: the
// ranges, the plugin, the display. Initializes GStreamer, but not for a
// check.
ClientOptions ParseClientOptions(int* argc, char*** argv);

}  // namespace ball
