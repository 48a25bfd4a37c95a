// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/display_guard.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/run_until.h"

namespace ball {
namespace {

using ErrorHandler = int (*)(void* display);
using SetErrorHandler = ErrorHandler (*)(ErrorHandler handler);

int OtherHandler(void*) { return 0; }

// Loads Xlib as a video sink does, for good; no display is needed.
SetErrorHandler LoadXlib() {
  void* library = dlopen("libX11.so.6", RTLD_NOW);
  if (library == nullptr) return nullptr;
  return reinterpret_cast<SetErrorHandler>(dlsym(library, "XSetIOErrorHandler"));
}

// The tests run in this order: Xlib stays loaded.
TEST(DisplayGuardTest, DoesNothingWhereNoXLibraryIsLoaded) {
  bool lost = false;
  {
    const DisplayGuard guard([&lost] { lost = true; });
    RunPending();
  }
  RunPending();
  EXPECT_FALSE(lost);
  // Nor does it load one.
  EXPECT_EQ(dlopen("libX11.so.6", RTLD_LAZY | RTLD_NOLOAD), nullptr);
}

TEST(DisplayGuardTest, TellsTheMainThreadAndStopsTheOneThatLostTheDisplay) {
  const SetErrorHandler set = LoadXlib();
  ASSERT_NE(set, nullptr);
  std::thread::id told;
  const DisplayGuard guard([&told] { told = std::this_thread::get_id(); });
  const ErrorHandler installed = set(OtherHandler);
  set(installed);
  ASSERT_NE(installed, nullptr);
  static std::atomic<bool> returned = false;
  // It cannot be joined: as in the program, it ends with the process.
  std::thread([installed] {
    installed(nullptr);
    returned = true;
  }).detach();
  EXPECT_TRUE(RunUntil([&told] { return told != std::thread::id(); }));
  EXPECT_EQ(told, std::this_thread::get_id());
  RunUntil([] { return returned.load(); }, std::chrono::milliseconds(100));
  EXPECT_FALSE(returned);
}

TEST(DisplayGuardTest, TakesItsHandlerAwayWithItself) {
  const SetErrorHandler set = LoadXlib();
  ASSERT_NE(set, nullptr);
  set(nullptr);
  const ErrorHandler standard = set(nullptr);
  {
    const DisplayGuard guard([] {});
  }
  EXPECT_EQ(set(nullptr), standard);
}

}  // namespace
}  // namespace ball
