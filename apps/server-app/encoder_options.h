// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/link/command_line.h"
#include "apps/link/exit_code.h"
#include "apps/link/glib_ptr.h"
#include "apps/server-app/source_pipeline.h"

namespace ball {

// The options about the encoder, as they are given: GLib writes here.
struct RawEncoderOptions {
  char* codec = nullptr;
  int bitrate = kAbsent;
  int threads = kAbsent;
  char* encoder = nullptr;
};

// Refers to `raw`.
std::vector<GOptionEntry> EncoderEntries(RawEncoderOptions* raw);

struct EncoderError {
  ExitCode code = ExitCode::kUsage;
  std::string reason;
};

// Takes the options: what cannot be used of them. GStreamer must be initialized.
//
// The codec is what --codec says; where only --encoder is given, the one that its fragment makes.
std::optional<EncoderError> ToEncoderSettings(RawEncoderOptions* raw,
                                              SourcePipeline::Settings* settings);

}  // namespace ball
