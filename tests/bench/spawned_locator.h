// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

#include <functional>
#include <string>
#include <thread>

#include "apps/link/glib_ptr.h"

namespace ball {

// Processor time of a process so far, without its children's, in ms; 0 where there is none.
double ProcessorMs(pid_t process);

// A locator-app, and the socket that it reads frames from. One thread, beside its own.
class SpawnedLocator {
 public:
  explicit SpawnedLocator(std::string program);
  ~SpawnedLocator();
  SpawnedLocator(const SpawnedLocator&) = delete;
  SpawnedLocator& operator=(const SpawnedLocator&) = delete;

  // Of a shmsink, which must listen there before the start.
  std::string socket_path() const { return directory_ + "/frames"; }

  // Each line but the first, which says that it is ready, is told on a thread of its own. False
  // where the program cannot be started.
  bool Start(std::function<void(const char* line)> on_line);
  // Kills it: no line is told any more.
  void End();

  // 0 where none was started.
  pid_t pid() const;

 private:
  void ReadLines(const std::function<void(const char* line)>& on_line);

  const std::string program_;
  std::string directory_;
  Ref<GSubprocess> process_;
  std::thread reader_;
};

}  // namespace ball
