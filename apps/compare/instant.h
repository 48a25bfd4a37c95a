// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>

namespace ball {

// A point in time of this machine, for everything that is compared with each other.
using Instant = std::chrono::steady_clock::time_point;

}  // namespace ball
