// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/network/impairment.h"

namespace ball {

// A queueing discipline, as `tc qdisc add dev DEVICE` takes it behind the device.
using Qdisc = std::vector<std::string>;

// The kernel's queueing disciplines (netem, and tbf below it for a rate) which impair so what
// leaves an interface, the root first. Nothing where they cannot: packets that netem reorders leave
// without any delay, and it knows no blackout that begins later.
//
// netem draws by chance of its own, so that a seed means nothing to it, and the jitter for each
// packet anew.
std::optional<std::vector<Qdisc>> NetemQdiscs(const Impairment& impairment);

// In place of the root while nothing shall arrive: as `tc qdisc change dev DEVICE` takes it.
Qdisc DarkNetem(const Impairment& impairment);

}  // namespace ball
