// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "apps/link/exit_code.h"

namespace ball {

// From now on the process has 3 s to end by itself, and then ends with that code; at once where it
// is told to stop (kStopSignals). What libraries do at exit, with threads of theirs
// still running, has hung once. To be called when all that outlives the process is cleaned up.
// Takes SIGALRM.
void LimitExit(ExitCode code);

}  // namespace ball
