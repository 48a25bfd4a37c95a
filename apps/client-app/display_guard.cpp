// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/display_guard.h"

#include <dlfcn.h>
#include <unistd.h>

#include <utility>

namespace ball {
namespace {

using ErrorHandler = int (*)(void* display);
using SetErrorHandler = ErrorHandler (*)(ErrorHandler handler);

// Xlib's XSetIOErrorHandler, if a video sink has loaded Xlib: the program itself does not use it.
SetErrorHandler FindSetErrorHandler() {
  void* library = dlopen("libX11.so.6", RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return nullptr;
  return reinterpret_cast<SetErrorHandler>(dlsym(library, "XSetIOErrorHandler"));
}

}  // namespace

DisplayGuard* DisplayGuard::installed_ = nullptr;

DisplayGuard::DisplayGuard(std::function<void()> on_lost) : on_lost_(std::move(on_lost)) {
  installed_ = this;
  if (const auto set = FindSetErrorHandler()) set(OnLost);
}

DisplayGuard::~DisplayGuard() {
  if (const auto set = FindSetErrorHandler()) set(nullptr);
  installed_ = nullptr;
}

// A thread of the video sink. To return would end the process.
int DisplayGuard::OnLost(void*) {
  DisplayGuard* guard = installed_;
  if (guard != nullptr) guard->mailbox_.Post([guard] { guard->on_lost_(); });
  for (;;) pause();
}

}  // namespace ball
