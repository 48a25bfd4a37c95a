// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "apps/link/glib_ptr.h"
#include "apps/server-app/server_app.h"

namespace ball {

// The options about what a session may take, times in seconds, and get. GLib writes here.
struct RawSessionOptions {
  // What the settings say by themselves.
  RawSessionOptions();

  double hello = 0;
  double answer = 0;
  double ice = 0;
  double dtls = 0;
  double first_coordinate = 0;
  double idle = 0;
  double teardown = 0;
  int message_rate = 2000;
  gboolean tell_truth = FALSE;
};

// Refers to `raw`.
std::vector<GOptionEntry> SessionEntries(RawSessionOptions* raw);

// An empty text, or what cannot be used of the options.
std::string ToSessionSettings(const RawSessionOptions& raw, ServerApp::Settings* settings);

}  // namespace ball
