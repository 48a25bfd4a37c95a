// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/open_files.h"

#include <sys/resource.h>

#include <algorithm>

namespace ball {

void RaiseFileLimit() {
  constexpr rlim_t kEnough = 65536;
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kEnough));
  // Where it fails there is as much room as before.
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace ball
