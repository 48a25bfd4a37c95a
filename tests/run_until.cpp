// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/run_until.h"

#include <glib.h>

namespace ball {
namespace {

constexpr guint kWakeUpMilliseconds = 2;

gboolean WakeUp(gpointer) { return G_SOURCE_CONTINUE; }

}  // namespace

bool RunUntil(const std::function<bool()>& done, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  const guint wake_up = g_timeout_add(kWakeUpMilliseconds, WakeUp, nullptr);
  bool is_done = done();
  while (!is_done && std::chrono::steady_clock::now() < deadline) {
    g_main_context_iteration(nullptr, TRUE);
    is_done = done();
  }
  g_source_remove(wake_up);
  return is_done;
}

void RunPending() {
  while (g_main_context_iteration(nullptr, FALSE) != FALSE) {
  }
}

}  // namespace ball
