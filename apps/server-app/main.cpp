// SPDX-License-Identifier: LGPL-2.1-or-later
// server-app: see server_app.h.
#include <csignal>

#include "apps/link/open_files.h"
#include "apps/server-app/server_app.h"
#include "apps/server-app/server_options.h"

int main(int argc, char** argv) {
  // A client that went away is noticed where it is written to.
  std::signal(SIGPIPE, SIG_IGN);
  // A file that may not grow is told like a disk that is full.
  std::signal(SIGXFSZ, SIG_IGN);
  const auto options = ball::ParseServerOptions(&argc, &argv);
  if (options.exit_code) return static_cast<int>(*options.exit_code);
  if (options.check) return static_cast<int>(ball::RunStatusCheck(*options.check));
  // A session takes about ten, a connection one.
  ball::RaiseFileLimit();
  return static_cast<int>(ball::ServerApp(options.settings).Run());
}
