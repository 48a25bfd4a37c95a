// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "apps/link/command_line.h"
#include "apps/link/glib_ptr.h"
#include "apps/server-app/server_app.h"

namespace ball {

// The options about what the network does to the video, as they are given: GLib writes here.
struct RawNetworkOptions {
  char* protection = nullptr;
  int fec_percent = kAbsent;
  char* rate_control = nullptr;
  int min_bitrate = kAbsent;
};

// Refers to `raw`.
std::vector<GOptionEntry> NetworkEntries(RawNetworkOptions* raw);

// Takes the options, where those of the encoder are in `settings` already: an empty text, or what
// cannot be used of them.
std::string ToNetworkSettings(RawNetworkOptions* raw, ServerApp::Settings* settings);

}  // namespace ball
