// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/session_limits.h"

#include "apps/wire/number_text.h"

namespace ball {
namespace {

std::string Seconds(std::chrono::milliseconds time) {
  return ShortNumber(std::chrono::duration<double>(time).count(), 3) + " s";
}

}  // namespace

std::string TimedOut(const std::string& what, std::chrono::milliseconds limit,
                     const std::string& option) {
  return what + " " + Seconds(limit) + " (" + option + ")";
}

}  // namespace ball
