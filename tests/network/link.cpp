// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/network/link.h"

#include <algorithm>
#include <cmath>

namespace ball {
namespace {

using Duration = Impairment::Duration;

// The token bucket holds one packet of the usual size: a line that was idle sends one at once.
constexpr double kBucketBits = 1500 * 8;
// What makes packets wait in a network changes within milliseconds, not from packet to packet: a
// frame's packets are delayed alike.
constexpr std::chrono::milliseconds kJitterLasts{5};

Duration TimeOf(double bits, double rate) { return Duration(std::llround(1e9 * bits / rate)); }

}  // namespace

Link::Chance::Chance(uint64_t seed, uint32_t misfortune) {
  std::seed_seq sequence{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32),
                         misfortune};
  generator_.seed(sequence);
}

double Link::Chance::Draw() {
  // 53 bits, as many as a double tells apart. The library's own distributions may differ by
  // version.
  return static_cast<double>(generator_() >> 11) * 0x1p-53;
}

Link::Link(const Impairment& impairment, uint64_t seed, Instant start)
    : impairment_(impairment),
      start_(start),
      loss_(seed, 1),
      duplication_(seed, 2),
      reordering_(seed, 3),
      jittering_(seed, 4),
      spent_until_(Instant::min()),
      dark_until_(Instant::min()),
      jitter_drawn_(start),
      last_due_(start) {}

void Link::Send(Packet packet, Instant now) {
  ++counts_.sent;
  // Drawn for each packet, also where it makes no difference, so that the sequences stay in step.
  const bool lost = IsLost();
  const bool twice = duplication_.Draw() < impairment_.duplicate;
  const bool held_back = reordering_.Draw() < impairment_.reorder;
  if (IsDark(now)) {
    ++counts_.blacked_out;
    return;
  }
  if (lost) {
    ++counts_.lost;
    return;
  }
  const std::optional<Instant> departure = Departure(packet.size(), now);
  if (!departure) {
    ++counts_.overflowed;
    return;
  }
  Instant due = std::max(*departure + impairment_.delay + Jitter(now), last_due_);
  last_due_ = due;
  if (held_back) {
    ++counts_.reordered;
    due += impairment_.reorder_by;
  }
  if (twice) {
    ++counts_.duplicated;
    Fly(packet, due);
  }
  Fly(std::move(packet), due);
}

std::optional<Link::Instant> Link::NextDue() const {
  if (in_flight_.empty()) return {};
  return in_flight_.front().due;
}

std::optional<Link::Packet> Link::Receive(Instant now) {
  if (in_flight_.empty() || in_flight_.front().due > now) return {};
  std::ranges::pop_heap(in_flight_, ArrivesLater);
  Packet packet = std::move(in_flight_.back().packet);
  in_flight_.pop_back();
  ++counts_.delivered;
  return packet;
}

bool Link::IsDark(Instant now) const {
  if (now < dark_until_) return true;
  if (!impairment_.blackout) return false;
  const Instant from = start_ + impairment_.blackout->start;
  return now >= from && now < from + impairment_.blackout->length;
}

// Two states, in one of which everything is lost. It is left with a chance of 1 / burst a packet,
// and entered so often that the mean loss is what it shall be.
bool Link::IsLost() {
  const double drawn = loss_.Draw();
  if (impairment_.burst <= 1) return drawn < impairment_.loss;
  const double leave = 1 / impairment_.burst;
  const double enter = leave * impairment_.loss / (1 - impairment_.loss);
  losing_ = losing_ ? drawn >= leave : drawn < enter;
  return losing_;
}

std::optional<Link::Instant> Link::Departure(size_t bytes, Instant now) {
  if (!impairment_.rate) return now;
  const Instant full_bucket = now - TimeOf(kBucketBits, *impairment_.rate);
  const Instant spent = std::max(spent_until_, full_bucket) +
                        TimeOf(static_cast<double>(bytes) * 8, *impairment_.rate);
  if (spent - now > impairment_.queue) return {};
  spent_until_ = spent;
  return std::max(now, spent);
}

Impairment::Duration Link::Jitter(Instant now) {
  if (jitter_.count() < 0 || now - jitter_drawn_ >= kJitterLasts) {
    jitter_ =
        Duration(std::llround(jittering_.Draw() * static_cast<double>(impairment_.jitter.count())));
    jitter_drawn_ = now;
  }
  return jitter_;
}

void Link::Fly(Packet packet, Instant due) {
  in_flight_.push_back({due, next_number_++, std::move(packet)});
  std::ranges::push_heap(in_flight_, ArrivesLater);
}

}  // namespace ball
