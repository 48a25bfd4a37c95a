// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/command_line.h"

#include <algorithm>
#include <clocale>
#include <iostream>
#include <string_view>

namespace ball {

const char kExitCodesHelp[] =
    "Exit codes:\n"
    "  0  ended in good order\n"
    "  1  something on this machine failed: a plugin, the display, the locator, a file\n"
    "  2  the command line cannot be used\n"
    "  3  the address cannot be listened on, or nobody listens there\n"
    "  4  the other side refused, or was refused\n"
    "  5  the connection broke without a bye, or without the report that was asked for\n"
    "  6  scored, but below what was required\n";

namespace {

bool IsCheck(std::string_view argument) {
  return argument == "--check" || argument.substr(0, 8) == "--check=";
}

}  // namespace

std::optional<ExitCode> ParseCommandLine(int* argc, char*** argv,
                                         const std::vector<const GOptionEntry*>& tables,
                                         const std::string& what, const std::string& more) {
  std::setlocale(LC_ALL, "");
  // Numbers in options and reports have a decimal point everywhere.
  std::setlocale(LC_NUMERIC, "C");
  gboolean version = FALSE;
  const GOptionEntry version_entry[] = {
      {"version", 'V', 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", nullptr}, {}};
  const Owned<GOptionContext> context(g_option_context_new(nullptr));
  g_option_context_set_summary(context.get(), what.c_str());
  g_option_context_set_description(context.get(), more.c_str());
  for (const GOptionEntry* entries : tables) {
    g_option_context_add_main_entries(context.get(), entries, nullptr);
  }
  g_option_context_add_main_entries(context.get(), version_entry, nullptr);
  if (std::none_of(*argv, *argv + *argc, IsCheck)) {
    g_option_context_add_group(context.get(), gst_init_get_option_group());
  }
  GError* raw_error = nullptr;
  const bool parsed = g_option_context_parse(context.get(), argc, argv, &raw_error) != FALSE;
  const OwnedError error(raw_error);
  const std::string name = g_get_prgname() == nullptr ? "gst-ball" : g_get_prgname();
  if (!parsed) {
    std::cerr << name << ": " << error->message << "; see " << name << " --help" << std::endl;
    return ExitCode::kUsage;
  }
  if (version) {
    std::cout << name << " " << BALL_VERSION << std::endl;
    return ExitCode::kSuccess;
  }
  if (*argc > 1) {
    std::cerr << name << ": unexpected argument '" << (*argv)[1] << "'; see " << name << " --help"
              << std::endl;
    return ExitCode::kUsage;
  }
  return {};
}

std::string MissingElement(std::initializer_list<const char*> elements) {
  for (const char* element : elements) {
    const auto factory = Ref<GstElementFactory>::adopt(gst_element_factory_find(element));
    if (!factory) return element;
  }
  return {};
}

std::string MissingElementAdvice(const std::string& element) {
  const bool ours = element.rfind("ball", 0) == 0 || element == "shmpay" || element == "shmdepay";
  return "the GStreamer element " + element + " is missing: " +
         (ours ? "set GST_PLUGIN_PATH to the directory of libgstball.so"
               : "install the GStreamer plugins good, bad, ugly and nice (packaging/ lists them)");
}

}  // namespace ball
