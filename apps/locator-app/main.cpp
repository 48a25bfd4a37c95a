// SPDX-License-Identifier: LGPL-2.1-or-later
// locator-app: started by client-app; see locator_app.h.
#include <csignal>
#include <iostream>

#include "apps/link/command_line.h"
#include "apps/link/sandbox_arguments.h"
#include "apps/locator-app/locator_app.h"

int main(int argc, char** argv) {
  char* socket = nullptr;
  char* locator = nullptr;
  const GOptionEntry entries[] = {
      {"socket", 0, 0, G_OPTION_ARG_FILENAME, &socket,
       "Socket of the shmsink that offers the frames (required)", "PATH"},
      {"locator", 0, 0, G_OPTION_ARG_STRING, &locator,
       "gst-launch text of elements that attach a 'ball' region-of-interest meta to each frame "
       "(default: balllocate)",
       "FRAGMENT"},
      {}};
  const ball::SandboxArguments sandbox;
  const auto code = ball::ParseCommandLine(
      &argc, &argv, {entries, sandbox.entries()},
      "Takes frames from shared memory, locates the ball in each, and writes one line of JSON a "
      "frame to standard output. client-app starts it; it ends when its standard input closes.",
      ball::kExitCodesHelp);
  const ball::OwnedString owned_socket(socket);
  const ball::OwnedString owned_locator(locator);
  if (code) return static_cast<int>(*code);
  if (!owned_socket) {
    std::cerr << "locator-app: --socket is missing; see locator-app --help" << std::endl;
    return static_cast<int>(ball::ExitCode::kUsage);
  }
  ball::LocatorApp::Settings settings;
  if (const auto wrong = sandbox.Read(&settings.sandbox); !wrong.empty()) {
    std::cerr << "locator-app: " << wrong << "; see locator-app --help" << std::endl;
    return static_cast<int>(ball::ExitCode::kUsage);
  }
  // A reader that went away is noticed where it is written to.
  std::signal(SIGPIPE, SIG_IGN);
  settings.socket_path = owned_socket.get();
  if (owned_locator) settings.locator = owned_locator.get();
  return static_cast<int>(ball::LocatorApp(settings).Run());
}
