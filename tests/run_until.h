// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>

#include "tests/patience.h"

namespace ball {

// Runs the default main context, which tests share with the code under test, until `done` returns
// true. False if it does not within `limit`. `done` is asked after each event and every few
// milliseconds, since what it asks for may happen on another thread.
bool RunUntil(const std::function<bool()>& done,
              std::chrono::milliseconds limit = kSlowdown * std::chrono::seconds(30));

// Runs what is ready now, and what that makes ready.
void RunPending();

}  // namespace ball
