// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/network/impairment.h"

namespace ball {

struct BadNetworkOptions {
  // Who impairs the packets: the kernel, this program, or the kernel where it can.
  enum class Means { kAuto, kNetem, kImpairer };

  Impairment to_client;
  Impairment to_server;
  Means means = Means::kAuto;
  // The impairer's.
  uint64_t seed = 1;
  // Of a blackout that a signal asks for.
  std::chrono::nanoseconds blackout = std::chrono::seconds(2);
  // Where the counts are written at the end; empty: nowhere.
  std::string counts;
  // To be run in the server's network; empty: none.
  std::vector<std::string> command;
  bool help = false;
};

// Options, or one sentence that says what is wrong with them.
struct ParsedBadNetworkOptions {
  std::optional<BadNetworkOptions> options;
  std::string error;
};

// `arguments` are those behind the program's name.
ParsedBadNetworkOptions ParseBadNetworkOptions(const std::vector<std::string>& arguments);

// What --help prints.
std::string BadNetworkHelp();

}  // namespace ball
