// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <string>

#include "tests/process/child.h"
#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {

// Two networks with a bad one between them, as long as the object lives:
// build/tests/network/bad_network.
class BadLink {
 public:
  // `options` are that program's, beside --counts, which goes to a file of that name.
  BadLink(const Arguments& options, std::string counts_path, const Environment& variables = {});

  // The start of a command in that network.
  Arguments EnterServer() const { return Enter("BALL_SERVER_NETWORK"); }
  Arguments EnterClient() const { return Enter("BALL_CLIENT_NETWORK"); }
  // A file for setns.
  std::string NetworkFile(const std::string& variable) const { return names_.Text(variable); }
  std::string server_address() const { return names_.Text("BALL_SERVER_ADDRESS"); }
  std::string client_address() const { return names_.Text("BALL_CLIENT_ADDRESS"); }
  // "netem" or "impairer".
  std::string carried_by() const { return names_.Text("BALL_CARRIED_BY"); }

  // Nothing arrives for as long as the options say. When it does again.
  std::chrono::steady_clock::time_point BlackOut(std::chrono::milliseconds length);
  // Ends it; what became of the packets.
  ReportReader Counts();

 private:
  Arguments Enter(const char* variable) const;

  const std::string counts_path_;
  Child program_;
  ReportReader names_;
};

}  // namespace ball
