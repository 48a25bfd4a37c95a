// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace ball {

// Lets this process have as many files open as the system allows it to, at most 65536: what most
// systems begin with, 1024, is for programs that use select().
void RaiseFileLimit();

}  // namespace ball
