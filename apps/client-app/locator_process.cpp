// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/locator_process.h"

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kWatchPeriod{100};
// The first restart is immediate; one that keeps dying is tried less often.
constexpr milliseconds kMaxRestartDelay{400};
constexpr int kMaxFailedStarts = 3;
constexpr size_t kReadBytes = 8192;
// As much as a pipe holds.
constexpr int kPipeReads = 65536 / kReadBytes;

int OutputOf(GSubprocess* process) {
  return g_unix_input_stream_get_fd(G_UNIX_INPUT_STREAM(g_subprocess_get_stdout_pipe(process)));
}

milliseconds RestartDelay(int deaths_before) {
  if (deaths_before == 0) return milliseconds(0);
  return std::min(kMaxRestartDelay, milliseconds(50) * (1 << std::min(deaths_before, 3)));
}

}  // namespace

std::string FindLocatorApp() {
  std::error_code error;
  const auto here = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const auto& candidate :
       {here / "locator-app", here.parent_path() / "locator-app" / "locator-app"}) {
    if (std::filesystem::is_regular_file(candidate, error)) return candidate;
  }
  return "locator-app";
}

LocatorProcess::LocatorProcess(Settings settings, Events events)
    : settings_(std::move(settings)), events_(std::move(events)) {}

LocatorProcess::~LocatorProcess() { Kill(); }

void LocatorProcess::Start() {
  Spawn();
  watch_timer_.Every(kWatchPeriod, [this] { Watch(); });
}

void LocatorProcess::Spawn() {
  spawned_ = last_heard_ = steady_clock::now();
  owing_since_.reset();
  raved_ = false;
  ready_ = false;
  framer_ = std::make_unique<LineFramer>(kMaxLocatorLine);
  cancellable_ = Ref<GCancellable>::adopt(g_cancellable_new());
  const auto launcher =
      Ref<GSubprocessLauncher>::adopt(g_subprocess_launcher_new(static_cast<GSubprocessFlags>(
          G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE)));
  // A hung locator does not see its input close: the kernel ends it when this process ends. Out of
  // its process group it does not get a terminal's Ctrl-C, and answers until this process is done.
  const auto setup = [](gpointer) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
  };
  g_subprocess_launcher_set_child_setup(launcher.get(), setup, nullptr, nullptr);
  std::vector<const char*> argv = {settings_.program.c_str()};
  for (const std::string& argument : settings_.arguments) argv.push_back(argument.c_str());
  argv.push_back(nullptr);
  GError* raw_error = nullptr;
  process_ = Ref<GSubprocess>::adopt(
      g_subprocess_launcher_spawnv(launcher.get(), argv.data(), &raw_error));
  const OwnedError error(raw_error);
  if (!process_) {
    return GiveUp("cannot start " + settings_.program + " (" + error->message +
                  "): install it beside client-app or in the PATH");
  }
  g_subprocess_wait_async(process_.get(), cancellable_.get(), OnExit, this);
  ListenToOutput();
}

// A watch on the pipe itself: an asynchronous read of GIO's wakes the main loop six times a line.
void LocatorProcess::ListenToOutput() {
  const int file = OutputOf(process_.get());
  g_unix_set_fd_nonblocking(file, TRUE, nullptr);
  output_ = Ref<GSource>::adopt(g_unix_fd_source_new(file, G_IO_IN));
  g_source_set_callback(output_.get(), G_SOURCE_FUNC(OnOutput), this, nullptr);
  // Else GLib takes it out of the poll while it runs, and wakes its own loop for that.
  g_source_set_can_recurse(output_.get(), TRUE);
  g_source_attach(output_.get(), nullptr);
}

// The end of its output is the end of the process: OnExit says the rest.
gboolean LocatorProcess::OnOutput(int, GIOCondition, gpointer data) {
  return static_cast<LocatorProcess*>(data)->Read() == Output::kEnded ? G_SOURCE_REMOVE
                                                                      : G_SOURCE_CONTINUE;
}

LocatorProcess::Output LocatorProcess::Read() {
  std::array<char, kReadBytes> bytes;
  const ssize_t count = read(OutputOf(process_.get()), bytes.data(), bytes.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return Output::kEmpty;
  if (count <= 0) return Output::kEnded;
  TakeOutput({bytes.data(), static_cast<size_t>(count)});
  return Output::kRead;
}

// What comes of a line may end the process, and this object with it.
void LocatorProcess::TakeOutput(std::string_view bytes) {
  if (!framer_->Feed(bytes)) return Restart("it wrote a line without an end");
  const auto cancellable = cancellable_;
  while (g_cancellable_is_cancelled(cancellable.get()) == FALSE) {
    const auto line = framer_->Next();
    if (!line) return;
    OnLine(*line);
  }
}

void LocatorProcess::OnLine(const std::string& line) {
  const auto parsed = ParseLocatorLine(line);
  if (!parsed) return Restart("it wrote a line that is no answer");
  if (const auto* located = std::get_if<LocatorMessage>(&*parsed)) return OnLocated(*located);
  if (std::exchange(ready_, true)) return Restart("it got ready twice");
  last_heard_ = steady_clock::now();
  failed_starts_ = 0;
  if (!std::exchange(was_ready_, true)) events_.on_ready();
}

void LocatorProcess::OnLocated(const LocatorMessage& located) {
  raved_ = !events_.on_located(located);
  if (raved_) return;
  last_heard_ = steady_clock::now();
  owing_since_.reset();
  deaths_ = 0;
}

void LocatorProcess::OnExit(GObject* process, GAsyncResult* result, gpointer data) {
  GError* raw_error = nullptr;
  g_subprocess_wait_finish(G_SUBPROCESS(process), result, &raw_error);
  const OwnedError error(raw_error);
  if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_CANCELLED)) return;
  auto* self = static_cast<LocatorProcess*>(data);
  // Its last words may wait in the pipe, behind which others may hold its end and write on.
  const auto cancellable = self->cancellable_;
  for (int i = 0; i < kPipeReads && self->Read() == Output::kRead; ++i) {
    if (g_cancellable_is_cancelled(cancellable.get())) return;
  }
  const bool signalled = g_subprocess_get_if_signaled(G_SUBPROCESS(process));
  self->Restart(signalled ? "it was killed by signal " +
                                std::to_string(g_subprocess_get_term_sig(G_SUBPROCESS(process)))
                          : "it ended");
}

void LocatorProcess::Watch() {
  if (!process_) return;
  const auto now = steady_clock::now();
  if (!ready_) {
    if (now - spawned_ > settings_.start_limit) Restart("it did not get ready");
    return;
  }
  // It owes an answer if frames were handed over since it last spoke.
  if (events_.last_handed_over() <= last_heard_) {
    owing_since_.reset();
  } else if (!owing_since_) {
    owing_since_ = now;
  } else if (now - *owing_since_ > settings_.hung_after) {
    Restart(raved_ ? "it answers no frame that it was given" : "it hung");
  }
}

void LocatorProcess::Restart(const std::string& why) {
  Kill();
  const std::string hindrance = events_.hindrance ? events_.hindrance() : "";
  if (!hindrance.empty()) {
    watch_timer_.Stop();
    return events_.on_hindered(hindrance);
  }
  if (!ready_ && ++failed_starts_ >= kMaxFailedStarts) {
    return GiveUp("the locator does not start (" + why +
                  "): see what it wrote above, and check --locator");
  }
  ++restarts_;
  restart_timer_.Once(RestartDelay(deaths_++), [this] { Spawn(); });
  events_.on_restart(why);
}

void LocatorProcess::GiveUp(const std::string& reason) {
  watch_timer_.Stop();
  events_.on_failed(reason);
}

void LocatorProcess::Kill() {
  restart_timer_.Stop();
  if (cancellable_) g_cancellable_cancel(cancellable_.get());
  if (const auto output = std::exchange(output_, {})) g_source_destroy(output.get());
  const auto process = std::exchange(process_, {});
  if (process) g_subprocess_force_exit(process.get());
}

}  // namespace ball
