// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/queue_gauge.h"

#include <algorithm>

namespace ball {
namespace {

constexpr std::chrono::seconds kPart{10};
constexpr size_t kParts = 3;

}  // namespace

void QueueGauge::Add(Instant at, std::chrono::nanoseconds travel) {
  samples_.push_back({at, travel});
  if (least_.empty() || at - least_.back().at > kPart) least_.push_back({at, travel});
  if (least_.size() > kParts) least_.pop_front();
  least_.back().travel = std::min(least_.back().travel, travel);
}

std::optional<std::chrono::nanoseconds> QueueGauge::WaitSince(
    Instant begin, const std::optional<std::chrono::nanoseconds>& known) {
  while (!samples_.empty() && samples_.front().at < begin) samples_.pop_front();
  if (samples_.empty()) return {};
  const auto shortest = std::ranges::min(samples_, {}, &Sample::travel).travel;
  const auto least = std::min(Least(), known.value_or(Least()));
  return std::max(shortest - least, std::chrono::nanoseconds::zero());
}

std::chrono::nanoseconds QueueGauge::Least() const {
  if (least_.empty()) return {};
  return std::ranges::min(least_, {}, &Sample::travel).travel;
}

}  // namespace ball
