// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "apps/link/line_budget.h"
#include "apps/link/main_loop.h"

namespace ball {

// What a program says on standard error. Whatever is in a text, it becomes one line that a terminal
// takes for nothing but text (printable.h), written at once so that lines of several programs stay
// whole. Main thread only.
class Log {
 public:
  explicit Log(std::string program) : program_(std::move(program)) {}
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Say(const std::string& text) const;
  // About a peer, of whom there may be any number: beyond some lines a second they are left out,
  // and a line says how many.
  void SayOfPeer(const std::string& text);

 private:
  void SayLeftOut();

  const std::string program_;
  LineBudget budget_;
  Timer left_out_timer_;
};

}  // namespace ball
