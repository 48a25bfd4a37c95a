// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/teardown.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace ball {

struct Teardown::Count {
  std::mutex lock;
  std::condition_variable ended;
  int running = 0;
};

Teardown::Teardown() : count_(new Count) {}

Teardown::~Teardown() {
  if (Finish(std::chrono::seconds(5))) delete count_;
}

void Teardown::Bury(std::unique_ptr<PipelineOwner> owner) {
  {
    const std::lock_guard guard(count_->lock);
    ++count_->running;
  }
  std::thread([count = count_, owner = std::move(owner)]() mutable {
    owner->Leave();
    gst_element_set_state(owner->pipeline(), GST_STATE_NULL);
    owner.reset();
    // Notified under the lock, because the waiter may delete it next.
    const std::lock_guard guard(count->lock);
    --count->running;
    count->ended.notify_all();
  }).detach();
}

bool Teardown::Finish(std::chrono::milliseconds limit) {
  std::unique_lock guard(count_->lock);
  return count_->ended.wait_for(guard, limit, [this] { return count_->running == 0; });
}

}  // namespace ball
