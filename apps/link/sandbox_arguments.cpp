// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/sandbox_arguments.h"

#include <string_view>

namespace ball {
namespace {

// Measured on two cores: 360 MiB with balllocate at any size up to 3840x2160, most of it reserved
// by the C library for threads and never touched; 440 MiB with a videoconvert and a queue before
// it. The rest is for elements of the user's own.
constexpr int kDefaultMemory = 1024;  // MiB
// With less it may not even come to load its elements.
constexpr int kMinMemory = 512;
constexpr int kMaxMemory = 1024 * 1024;

}  // namespace

SandboxArguments::SandboxArguments()
    : memory_(kDefaultMemory),
      entries_{{{"locator-sandbox", 0, 0, G_OPTION_ARG_STRING, &sandbox_,
                 "on: the locator has no network, starts no program, gains no privilege; off: for "
                 "elements that cannot do without (default: on)",
                 "on|off"},
                {"locator-memory", 0, 0, G_OPTION_ARG_INT, &memory_,
                 "Address space of the sandbox, 512 to 1048576 MiB; more for elements that load "
                 "large models (default: 1024)",
                 "MIB"},
                {}}} {}

SandboxArguments::~SandboxArguments() { g_free(sandbox_); }

std::string SandboxArguments::Read(SandboxOptions* options) const {
  const std::string_view sandbox = sandbox_ == nullptr ? "on" : sandbox_;
  if (sandbox != "on" && sandbox != "off") return "--locator-sandbox takes on or off";
  if (memory_ < kMinMemory || memory_ > kMaxMemory) {
    return "--locator-memory takes 512 to 1048576 (MiB)";
  }
  options->on = sandbox == "on";
  options->address_space = static_cast<uint64_t>(memory_) * 1024 * 1024;
  return {};
}

std::vector<std::string> SandboxArguments::Given() const {
  std::vector<std::string> given;
  if (sandbox_ != nullptr) given.insert(given.end(), {"--locator-sandbox", sandbox_});
  if (memory_ != kDefaultMemory) {
    given.insert(given.end(), {"--locator-memory", std::to_string(memory_)});
  }
  return given;
}

}  // namespace ball
