// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/overshoot.h"

#include <algorithm>
#include <chrono>

namespace ball {
namespace {

// A second, and the time until a rate is set and a frame made with it.
constexpr std::chrono::milliseconds kAsked{1200};
constexpr std::chrono::seconds kStays{1};
constexpr double kTooMuch = 1.2;

}  // namespace

bool Overshoot::Update(Instant now, int asked, double made) {
  asked_.emplace_back(now, asked);
  while (asked_.front().first < now - kAsked) asked_.pop_front();
  const int most = std::ranges::max(asked_, {}, &std::pair<Instant, int>::second).second;
  if (made > kTooMuch * most) until_ = now + kStays;
  return now < until_;
}

}  // namespace ball
