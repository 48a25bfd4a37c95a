// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace ball {

// Whether this process may have so many more threads at the same time, now: it is tried. What
// limits them (ulimit -u, a control group's pids.max, memory for their stacks) has no common place
// where it could be read, and GLib ends the process where it cannot have one. Some 20 us a thread.
bool HasSpareThreads(int count);

}  // namespace ball
