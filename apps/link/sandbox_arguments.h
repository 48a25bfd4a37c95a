// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "apps/link/glib_ptr.h"

namespace ball {

struct SandboxOptions {
  bool on = true;
  uint64_t address_space = 0;  // bytes
};

// The options of client-app and locator-app that say what the locator gives up: --locator-sandbox,
// --locator-memory. Main thread only.
class SandboxArguments {
 public:
  SandboxArguments();
  ~SandboxArguments();
  SandboxArguments(const SandboxArguments&) = delete;
  SandboxArguments& operator=(const SandboxArguments&) = delete;

  // For ParseCommandLine, which writes into this object.
  const GOptionEntry* entries() const { return entries_.data(); }

  // What was given goes into `options`: an empty text, or in one sentence what cannot be used.
  std::string Read(SandboxOptions* options) const;

  // What was given, for another program's command line. Another program in the place of locator-app
  // need not know options that nobody gave.
  std::vector<std::string> Given() const;

 private:
  char* sandbox_ = nullptr;
  int memory_ = 0;
  const std::array<GOptionEntry, 3> entries_;
};

}  // namespace ball
