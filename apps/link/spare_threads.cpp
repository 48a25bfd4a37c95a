// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/spare_threads.h"

#include <glib.h>

#include <condition_variable>
#include <mutex>
#include <vector>

namespace ball {
namespace {

// Threads wait here until all have been started.
struct Gate {
  std::mutex lock;
  std::condition_variable opened;
  bool open = false;
};

gpointer Wait(gpointer data) {
  auto* gate = static_cast<Gate*>(data);
  std::unique_lock guard(gate->lock);
  gate->opened.wait(guard, [gate] { return gate->open; });
  return nullptr;
}

}  // namespace

bool HasSpareThreads(int count) {
  Gate gate;
  std::vector<GThread*> threads;
  bool spare = true;
  for (int i = 0; i < count && spare; ++i) {
    GThread* thread = g_thread_try_new("spare", Wait, &gate, nullptr);
    spare = thread != nullptr;
    if (spare) threads.push_back(thread);
  }
  {
    const std::lock_guard guard(gate.lock);
    gate.open = true;
  }
  gate.opened.notify_all();
  for (GThread* thread : threads) g_thread_join(thread);
  return spare;
}

}  // namespace ball
