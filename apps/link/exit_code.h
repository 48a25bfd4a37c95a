// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace ball {

// What the programs return to the shell. Part of their interface: documented in --help and the
// README.
enum class ExitCode {
  kSuccess = 0,
  // Something on this machine: a plugin, the display, the locator, a file.
  kFailure = 1,
  // The command line.
  kUsage = 2,
  // The address cannot be listened on, or nobody listens there.
  kNoConnection = 3,
  // The peer refused, or is refused.
  kRefused = 4,
  // The connection broke without a bye, or without the report that was asked for.
  kConnectionLost = 5,
  // The session was scored, but below what was required.
  kBelowRequired = 6,
};

}  // namespace ball
