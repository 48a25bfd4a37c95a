// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/link/exit_code.h"
#include "apps/link/glib_ptr.h"
#include "apps/link/tls_handshake.h"

namespace ball {

// What a probe asks of a running program.
enum class CheckedState {
  kStartup,  // it answers
  kReady,
  kLive,
};

// "startup", "ready" or "live".
std::optional<CheckedState> ParseCheckedState(std::string_view name);

struct StatusCheck {
  CheckedState state = CheckedState::kReady;
  Ref<GSocketConnectable> where;
  // The asking program, and that place as its user knows it.
  std::string program;
  std::string address;
  // Over TLS, where the server speaks it.
  std::optional<TlsExpectation> tls;
};

// Asks and prints one line. kSuccess where the state holds, kFailure where it does not or no answer
// comes, kNoConnection where nobody listens. Takes 1.5 s at most, whatever the other side does.
ExitCode RunStatusCheck(const StatusCheck& check);

}  // namespace ball
