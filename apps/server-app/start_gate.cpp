// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/start_gate.h"

#include <utility>

namespace ball {

bool StartGate::Lets(bool key) {
  if (open_) return true;
  if (!key) return std::exchange(behind_key_, false);
  behind_key_ = true;
  if (++key_frames_ > kKeyFrames) open_ = true;
  return true;
}

}  // namespace ball
