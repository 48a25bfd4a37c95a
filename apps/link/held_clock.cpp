// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/held_clock.h"

#include <gst/gst.h>

#include <condition_variable>
#include <mutex>

#include "apps/link/glib_ptr.h"

namespace ball {

// Of both threads, the clock's perhaps for longer.
struct HeldClock::State {
  const std::chrono::milliseconds limit;
  std::mutex lock;
  std::condition_variable changed;
  bool held = false;
  bool released = false;

  explicit State(std::chrono::milliseconds most) : limit(most) {}

  static gboolean Hold(GstClock*, GstClockTime, GstClockID, gpointer data) {
    State& state = **static_cast<std::shared_ptr<State>*>(data);
    std::unique_lock guard(state.lock);
    state.held = true;
    state.changed.notify_all();
    state.changed.wait_for(guard, state.limit, [&] { return state.released; });
    return TRUE;
  }
  static void Forget(gpointer data) { delete static_cast<std::shared_ptr<State>*>(data); }
};

HeldClock::HeldClock(std::chrono::milliseconds limit) : state_(std::make_shared<State>(limit)) {
  const auto clock = Ref<GstClock>::adopt(gst_system_clock_obtain());
  GstClockID timer = gst_clock_new_single_shot_id(clock.get(), gst_clock_get_time(clock.get()));
  const GstClockReturn begun = gst_clock_id_wait_async(
      timer, State::Hold, new std::shared_ptr<State>(state_), State::Forget);
  gst_clock_id_unref(timer);
  if (begun != GST_CLOCK_OK) return;
  std::unique_lock guard(state_->lock);
  held_ = state_->changed.wait_for(guard, limit, [this] { return state_->held; });
}

HeldClock::~HeldClock() {
  const std::lock_guard guard(state_->lock);
  state_->released = true;
  state_->changed.notify_all();
}

}  // namespace ball
