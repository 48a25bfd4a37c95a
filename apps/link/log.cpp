// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/log.h"

#include <chrono>
#include <iostream>

#include "apps/wire/printable.h"

namespace ball {
namespace {

// Longer than any sentence of ours with what a peer may have put into it.
constexpr size_t kMaxLine = 2000;
constexpr std::chrono::milliseconds kLeftOutPeriod{5000};

}  // namespace

Log::~Log() { SayLeftOut(); }

void Log::Say(const std::string& text) const {
  std::cerr << program_ + ": " + Printable(text, kMaxLine) + "\n" << std::flush;
}

void Log::SayOfPeer(const std::string& text) {
  if (budget_.Take(std::chrono::steady_clock::now())) return Say(text);
  if (!left_out_timer_.running()) {
    left_out_timer_.Once(kLeftOutPeriod, [this] { SayLeftOut(); });
  }
}

void Log::SayLeftOut() {
  const size_t left_out = budget_.TakeLeftOut();
  if (left_out == 0) return;
  Say(std::to_string(left_out) + " more lines about clients were left out");
}

}  // namespace ball
