// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/teardown.h"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "apps/link/held_clock.h"
#include "apps/link/spare_threads.h"

namespace ball {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kWatchPeriod{50};

struct Grave {
  std::string name;
  steady_clock::time_point since;
  bool cut_off = false;
  std::thread digger;
};

}  // namespace

// Open: whose pipeline has not ended yet. Closed: whose thread has to be joined. It is not
// detached, since it would still be at its end, in what libraries do there, while the process does
// what they do at exit.
struct Teardown::Graves {
  std::mutex lock;
  std::condition_variable one_closed;
  std::list<Grave> open;
  std::list<Grave> closed;

  bool AllCutOff() const {
    return std::all_of(open.begin(), open.end(), [](const Grave& grave) { return grave.cut_off; });
  }

  void JoinClosed() {
    std::list<Grave> joining;
    {
      const std::lock_guard guard(lock);
      joining.swap(closed);
    }
    for (Grave& grave : joining) {
      if (grave.digger.joinable()) grave.digger.join();
    }
  }
};

Teardown::Teardown(Settings settings) : settings_(std::move(settings)), graves_(new Graves) {}

Teardown::~Teardown() {
  if (Finish(std::chrono::seconds(5))) delete graves_;
}

void Teardown::Bury(std::unique_ptr<PipelineOwner> owner, const std::string& name) {
  std::list<Grave>::iterator grave;
  {
    const std::lock_guard guard(graves_->lock);
    grave = graves_->open.insert(graves_->open.end(), {name, steady_clock::now(), false, {}});
  }
  graves_->JoinClosed();
  if (settings_.limit.count() != 0 && !watch_timer_.running()) {
    watch_timer_.Every(std::min(kWatchPeriod, settings_.limit), [this] { Watch(); });
  }
  auto close = [graves = graves_, grave, owner = std::move(owner)]() mutable {
    owner->Leave();
    gst_element_set_state(owner->pipeline(), GST_STATE_NULL);
    {
      const HeldClock hold;
      owner.reset();
    }
    // Notified under the lock, because the waiter may delete it next.
    const std::lock_guard guard(graves->lock);
    graves->closed.splice(graves->closed.end(), graves->open, grave);
    graves->one_closed.notify_all();
  };
  // Where there is no thread the caller has to wait, which beats its end by an exception.
  if (!HasSpareThreads(1)) return close();
  const std::lock_guard guard(graves_->lock);
  grave->digger = std::thread(std::move(close));
}

void Teardown::Watch() {
  graves_->JoinClosed();
  std::vector<std::string> names;
  {
    const std::lock_guard guard(graves_->lock);
    for (Grave& grave : graves_->open) {
      if (grave.cut_off || steady_clock::now() - grave.since < settings_.limit) continue;
      grave.cut_off = true;
      names.push_back(grave.name);
    }
    if (graves_->AllCutOff() && graves_->closed.empty()) watch_timer_.Stop();
  }
  cut_off_ += names.size();
  for (const std::string& name : names) {
    if (settings_.on_cut_off) settings_.on_cut_off(name);
  }
}

bool Teardown::Finish(std::chrono::milliseconds limit) {
  bool all_closed = false;
  {
    std::unique_lock guard(graves_->lock);
    graves_->one_closed.wait_for(guard, limit, [this] { return graves_->AllCutOff(); });
    all_closed = graves_->open.empty();
  }
  graves_->JoinClosed();
  return all_closed;
}

}  // namespace ball
