// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/spawned_locator.h"

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <utility>

namespace ball {

double ProcessorMs(pid_t process) {
  if (process == 0) return 0;  // which would be this one
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return 1e3 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e6;
}

SpawnedLocator::SpawnedLocator(std::string program) : program_(std::move(program)) {
  const OwnedString directory(g_dir_make_tmp("bare-loop-XXXXXX", nullptr));
  directory_ = directory ? directory.get() : "";
}

SpawnedLocator::~SpawnedLocator() {
  End();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

bool SpawnedLocator::Start(std::function<void(const char* line)> on_line) {
  const std::string socket = "--socket=" + socket_path();
  const auto flags =
      static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  process_ = Ref<GSubprocess>::adopt(
      g_subprocess_new(flags, nullptr, program_.c_str(), socket.c_str(), nullptr));
  if (!process_) return false;
  reader_ = std::thread([this, on_line = std::move(on_line)] { ReadLines(on_line); });
  return true;
}

void SpawnedLocator::End() {
  if (process_) g_subprocess_force_exit(process_.get());
  if (reader_.joinable()) reader_.join();
}

pid_t SpawnedLocator::pid() const {
  const char* id = process_ ? g_subprocess_get_identifier(process_.get()) : nullptr;
  return id == nullptr ? 0 : std::atoi(id);
}

void SpawnedLocator::ReadLines(const std::function<void(const char* line)>& on_line) {
  const auto lines = Ref<GDataInputStream>::adopt(
      g_data_input_stream_new(g_subprocess_get_stdout_pipe(process_.get())));
  bool ready = false;
  while (const OwnedString line{
      g_data_input_stream_read_line(lines.get(), nullptr, nullptr, nullptr)}) {
    if (std::exchange(ready, true)) on_line(line.get());
  }
}

}  // namespace ball
