// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/main_loop.h"

#include <glib-unix.h>

#include <csignal>
#include <deque>
#include <mutex>
#include <optional>

namespace ball {
namespace {

// A GSource is allocated by GLib in C's manner; its C++ state hangs on a pointer and goes in
// finalize.
struct TaskQueue {
  std::mutex lock;
  std::deque<Mailbox::Task> tasks;
};

struct MailboxSource {
  GSource base;
  TaskQueue* queue;
};

TaskQueue& QueueOf(GSource* source) { return *reinterpret_cast<MailboxSource*>(source)->queue; }

std::optional<Mailbox::Task> TakeTask(GSource* source) {
  TaskQueue& queue = QueueOf(source);
  const std::lock_guard guard(queue.lock);
  if (queue.tasks.empty()) return {};
  std::optional<Mailbox::Task> task(std::move(queue.tasks.front()));
  queue.tasks.pop_front();
  return task;
}

gboolean DispatchMailbox(GSource* source, GSourceFunc, gpointer) {
  g_source_set_ready_time(source, -1);
  // A task may close the mailbox, which destroys the source; GLib keeps it alive while it is
  // dispatched.
  while (!g_source_is_destroyed(source)) {
    const auto task = TakeTask(source);
    if (!task) break;
    (*task)();
  }
  return G_SOURCE_CONTINUE;
}

void FinalizeMailbox(GSource* source) { delete reinterpret_cast<MailboxSource*>(source)->queue; }

GSourceFuncs mailbox_funcs = {nullptr, nullptr, DispatchMailbox, FinalizeMailbox, nullptr, nullptr};

struct TimerCall {
  std::function<void()> callback;
  bool again;
};

gboolean DispatchTimer(gpointer data) {
  auto* call = static_cast<TimerCall*>(data);
  call->callback();
  return call->again ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

gboolean DispatchSignal(gpointer data) {
  (*static_cast<std::function<void()>*>(data))();
  return G_SOURCE_CONTINUE;
}

gboolean DispatchNothing(gpointer) { return G_SOURCE_CONTINUE; }

bool IsIgnored(int number) {
  struct sigaction action = {};
  return sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Mailbox::Mailbox()
    : source_(Ref<GSource>::adopt(g_source_new(&mailbox_funcs, sizeof(MailboxSource)))) {
  reinterpret_cast<MailboxSource*>(source_.get())->queue = new TaskQueue;
  g_source_attach(source_.get(), nullptr);
}

Mailbox::~Mailbox() { Close(); }

void Mailbox::Post(Task task) {
  if (g_source_is_destroyed(source_.get())) return;
  TaskQueue& queue = QueueOf(source_.get());
  {
    const std::lock_guard guard(queue.lock);
    queue.tasks.push_back(std::move(task));
  }
  g_source_set_ready_time(source_.get(), 0);
}

void Mailbox::Close() {
  g_source_destroy(source_.get());
  std::deque<Task> dropped;
  TaskQueue& queue = QueueOf(source_.get());
  const std::lock_guard guard(queue.lock);
  dropped.swap(queue.tasks);
}

void Timer::Once(std::chrono::milliseconds delay, std::function<void()> callback) {
  Start(
      delay,
      [this, callback = std::move(callback)] {
        // The callback may restart or destroy this timer: forget the source and keep what runs
        // first.
        const auto run = callback;
        const auto source = std::exchange(source_, {});
        run();
      },
      false);
}

void Timer::Every(std::chrono::milliseconds period, std::function<void()> callback) {
  Start(period, std::move(callback), true);
}

void Timer::Start(std::chrono::milliseconds delay, std::function<void()> callback, bool again) {
  Stop();
  source_ = Ref<GSource>::adopt(
      g_timeout_source_new(static_cast<guint>(std::max<int64_t>(0, delay.count()))));
  g_source_set_callback(source_.get(), DispatchTimer, new TimerCall{std::move(callback), again},
                        [](gpointer data) { delete static_cast<TimerCall*>(data); });
  g_source_attach(source_.get(), nullptr);
}

void Timer::Stop() {
  if (const auto source = std::exchange(source_, {})) g_source_destroy(source.get());
}

StopSignals::StopSignals(std::function<void()> on_stop) : on_stop_(std::move(on_stop)) {
  for (const int number : kStopSignals) {
    // The others a shell ignores for what it starts in the background, which a script then stops
    // with them.
    if (number == SIGHUP && IsIgnored(number)) continue;
    auto source = Ref<GSource>::adopt(g_unix_signal_source_new(number));
    g_source_set_callback(source.get(), DispatchSignal, &on_stop_, nullptr);
    g_source_attach(source.get(), nullptr);
    sources_.push_back(std::move(source));
  }
}

StopSignals::~StopSignals() {
  // Still attached: without a source GLib brings back what a signal does by default, and one that
  // comes late would change what the process is about to return.
  for (const auto& source : sources_) {
    g_source_set_callback(source.get(), DispatchNothing, nullptr, nullptr);
  }
}

}  // namespace ball
