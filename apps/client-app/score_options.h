// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/client-app/score.h"
#include "apps/link/glib_ptr.h"

namespace ball {

// The options about a client's score, as they are given: GLib writes here.
struct RawScoreOptions {
  char* report = nullptr;
  char* print = nullptr;
  char** requirements = nullptr;
  char* require_file = nullptr;
};

// Refers to `raw`.
std::vector<GOptionEntry> ScoreEntries(RawScoreOptions* raw);

struct ScoreError {
  ExitCode code = ExitCode::kUsage;
  std::string reason;
};

// Takes the options; what cannot be used of them.
std::optional<ScoreError> ToScoreSettings(RawScoreOptions* raw, Score::Settings* settings);

}  // namespace ball
