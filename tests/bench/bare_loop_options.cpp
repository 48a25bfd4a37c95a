// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/bare_loop_options.h"

#include <glib.h>
#include <unistd.h>

#include <cstdio>

#include "apps/link/glib_ptr.h"
#include "tests/bench/loop_board.h"

namespace ball {

std::optional<BareLoopOptions> ParseBareLoop(int* argc, char*** argv) {
  BareLoopOptions options;
  gchar* locator = nullptr;
  gboolean apart = FALSE;
  const GOptionEntry entries[] = {
      {"width", 0, 0, G_OPTION_ARG_INT, &options.width, "px (default: 640)", "PX"},
      {"height", 0, 0, G_OPTION_ARG_INT, &options.height, "px (default: 480)", "PX"},
      {"fps", 0, 0, G_OPTION_ARG_INT, &options.fps, "Frame rate (default: 30)", "N"},
      {"frames", 0, 0, G_OPTION_ARG_INT, &options.frames, "How many (default: 150)", "N"},
      {"locator", 0, 0, G_OPTION_ARG_FILENAME, &locator,
       "A locator-app that each frame goes to (default: none)", "PROGRAM"},
      {"apart", 0, 0, G_OPTION_ARG_NONE, &apart, "Each end in a process of its own", nullptr},
      {}};
  g_autoptr(GOptionContext) context = g_option_context_new(nullptr);
  g_option_context_set_summary(
      context,
      "Of a bare webrtcbin loop, as JSON: the processor time of a frame, the median and the 99th "
      "percentile of the time from it to its answer, and the median of each stage.");
  g_option_context_add_main_entries(context, entries, nullptr);
  g_autoptr(GError) error = nullptr;
  if (!g_option_context_parse(context, argc, argv, &error)) {
    std::fprintf(stderr, "bare_loop_bench: %s\n", error->message);
    return std::nullopt;
  }
  const OwnedString owned(locator);
  if (locator != nullptr) options.locator = locator;
  options.apart = apart != FALSE;
  if (locator != nullptr && access(locator, X_OK) != 0) {
    std::fprintf(stderr, "bare_loop_bench: %s cannot be run: give --locator a locator-app\n",
                 locator);
    return std::nullopt;
  }
  if (options.width < 16 || options.height < 16 || options.fps < 1 || options.frames < 1) {
    std::fprintf(stderr, "bare_loop_bench: a size under 16 px, or a number under 1\n");
    return std::nullopt;
  }
  if (static_cast<unsigned>(options.frames) > LoopBoard::kRoom) {
    std::fprintf(stderr, "bare_loop_bench: no more than %u frames\n", LoopBoard::kRoom);
    return std::nullopt;
  }
  return options;
}

}  // namespace ball
