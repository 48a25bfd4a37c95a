// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "apps/server-app/rate_controller.h"

// What the tests of the rate controller play to it.
namespace ball {

inline constexpr RateLimits kLimits{150000, 2000000};
inline constexpr std::chrono::milliseconds kTick{100};

inline std::chrono::nanoseconds Nanoseconds(double s) {
  return std::chrono::nanoseconds(static_cast<int64_t>(s * 1e9));
}

// A network that carries so many bit/s, with a queue before it that never drops.
class Bottleneck {
 public:
  explicit Bottleneck(double capacity) : capacity_(capacity) {}

  // A tenth of a second of video at that rate: three frames, each answered when it is through.
  void Carry(SessionRate& session, Instant now, int rate) {
    for (int i = 0; i < 3; ++i) {
      const double bits = rate / 30.0;
      queue_ = std::max(0.0, queue_ - capacity_ / 30.0) + bits;
      waited_ = queue_ / capacity_;
      const auto share = static_cast<size_t>(std::min(bits, capacity_ / 30.0) / 8);
      session.Answered(now, share, std::chrono::milliseconds(20) + Nanoseconds(waited_));
    }
  }
  double waited() const { return waited_; }  // s
  void set_capacity(double capacity) { capacity_ = capacity; }

 private:
  double capacity_;
  double queue_ = 0;
  double waited_ = 0;
};

// With no other session, which might take less.
inline int Update(SessionRate& session, Instant now, double made) {
  return session.Update(now, made, session.rate());
}

inline Instant At(std::chrono::milliseconds time) {
  return Instant(time + std::chrono::seconds(1000));
}

// The next report, about so many packets.
class Reports {
 public:
  ReceiverReport Next(double lost, const std::optional<std::chrono::nanoseconds>& round_trip = {},
                      uint32_t packets = 100) {
    ReceiverReport report;
    report.lost = lost;
    report.latest = latest_ += packets;
    report.round_trip = round_trip;
    return report;
  }

 private:
  uint32_t latest_ = 0;
};

// One that said nothing before, and then of a hundred packets.
inline void Report(SessionRate& session, Instant now, double lost,
                   const std::optional<std::chrono::nanoseconds>& round_trip = {}) {
  Reports reports;
  session.Reported(now, reports.Next(0));
  session.Reported(now, reports.Next(lost, round_trip));
}

}  // namespace ball
