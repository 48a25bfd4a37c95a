// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/rate_controller.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Seconds = std::chrono::duration<double>;

// Longer than a frame waits for a packet that is repeated, where a round trip is short.
constexpr milliseconds kMoment{400};
// Where it is long: frames wait for one packet after the other, and reports are about the past.
constexpr int kMomentRoundTrips = 6;
// Of a client that tells no times: reports come every 0.25 to 0.75 s.
constexpr milliseconds kReportsMoment{1600};
constexpr milliseconds kQueue{50};
constexpr milliseconds kQueueGone{25};
constexpr milliseconds kCutInterval{400};
// As long as the shortest of what was under way.
constexpr seconds kPathHolds{30};
constexpr double kPacket = 1400 * 8;  // bit
constexpr seconds kSilence{1};        // longer than from one report to the next
constexpr double kSmallestCut = 0.15;
constexpr double kLargestCut = 0.5;
constexpr double kMuchLost = 0.1;
constexpr double kGrowth = 0.08;  // a second
// Of a rate, or of what the network takes. An encoder that makes less does not use it.
constexpr double kUsed = 0.6;
// Behind a queue the rate is held to what the network took then for so long.
constexpr seconds kCutHolds{30};
// The next queue within so long is no chance.
constexpr seconds kSoon{10};
constexpr seconds kRateWindow{1};
constexpr seconds kHeard{2};
// With the lowest rate: as much as a key frame may take.
constexpr milliseconds kTooLong{600};
constexpr milliseconds kLongestPause{2000};

template <typename Samples>
void DropBefore(Samples& samples, Instant time) {
  while (!samples.empty() && samples.front().first < time) samples.pop_front();
}

}  // namespace

void SessionRate::Answered(Instant now, size_t bytes, const std::optional<nanoseconds>& travel) {
  last_said_ = now;
  if (!began_) began_ = now - travel.value_or(nanoseconds::zero());
  answered_.emplace_back(now, bytes);
  DropBefore(answered_, now - kRateWindow);
  if (travel) answers_.Add(now, *travel);
}

void SessionRate::Reported(Instant now, const ReceiverReport& report) {
  last_said_ = now;
  if (report.round_trip) {
    round_trip_ = report.round_trip;
    reports_.Add(now - report.held - *report.round_trip, *report.round_trip);
  }
  // What a hundred packets tell is late, and a key frame that is never whole is a small part of
  // them: where no frame comes through, each report counts.
  const auto share = loss_.Add(report.lost, report.latest);
  const bool answers = !answered_.empty() && now - answered_.back().first < kSilence;
  const auto lost = answers ? share : report.lost;
  if (!lost) return;
  lost_ = lost;
  if (*lost > kMuchLost) Lower(rate_ * (1 - *lost / 2));
}

void SessionRate::PathTook(Instant now, nanoseconds round_trip) {
  if (!path_ || round_trip < path_->second) path_ = {now, round_trip};
}

// The packets of a handshake are short: others take the time to send them, too.
std::optional<nanoseconds> SessionRate::WithoutQueue(Instant now) const {
  if (!path_ || now - path_->first > kPathHolds) return {};
  return path_->second + std::chrono::duration_cast<nanoseconds>(Seconds(kPacket / rate_));
}

void SessionRate::Requested(Instant now) {
  if (!last_requested_ || now - *last_requested_ > kSilence) asks_since_ = now;
  last_requested_ = now;
}

bool SessionRate::SaidOfLate(Instant now) const {
  return last_said_ && now - *last_said_ < kSilence;
}

// Not one that was killed or stopped, or that closed its data channel and sends no reports: their
// network has done nothing. Who misses packets all the time may never report: GStreamer puts a
// report off for each time that it asks, and asks in packets without one.
bool SessionRate::Starves(Instant now) const {
  const bool asks = last_requested_ && now - *last_requested_ < kSilence;
  const bool for_long = asks && *last_requested_ - asks_since_ > kSilence;
  return for_long && !SaidOfLate(now) && now - last_cut_ > kSilence;
}

// Frames wait for packets that are repeated, too, which reports do not.
nanoseconds SessionRate::Queue(Instant now) {
  const nanoseconds least = answers_.Least();
  const nanoseconds moment = least.count() == 0
                                 ? kReportsMoment
                                 : std::max<nanoseconds>(kMoment, kMomentRoundTrips * least);
  const auto known = WithoutQueue(now);
  const auto frames = answers_.WaitSince(now - moment, known);
  const auto reports = reports_.WaitSince(now - moment, known);
  if (frames && reports) return std::min(*frames, *reports);
  return frames.value_or(reports.value_or(nanoseconds::zero()));
}

double SessionRate::CameThrough(Instant now) const {
  double bits = 0;
  for (const auto& [at, bytes] : answered_) {
    if (at >= now - kRateWindow) bits += 8.0 * static_cast<double>(bytes);
  }
  // A session that has just begun was not there for a whole second.
  const nanoseconds there = now - began_.value_or(now);
  return bits / Seconds(std::clamp<nanoseconds>(there, kMoment, kRateWindow)).count();
}

int SessionRate::Within(double rate) const {
  return static_cast<int>(std::clamp(rate,
                                     static_cast<double>(std::min(limits_.least, limits_.most)),
                                     static_cast<double>(limits_.most)));
}

void SessionRate::Lower(double rate) {
  const int lowered = Within(rate);
  cuts_ += lowered < rate_ ? 1 : 0;
  rate_ = lowered;
  lowest_ = std::min(lowest_, rate_);
}

NetworkReport SessionRate::Report() const {
  NetworkReport report{lowest_, rate_, cuts_, longest_queue_, {}, lost_};
  if (round_trip_) report.round_trip = *round_trip_;
  return report;
}

int SessionRate::Update(Instant now, double made, int asked) {
  const Seconds since = now - last_update_.value_or(now);
  last_update_ = now;
  pause_ = {};
  const nanoseconds queue = Queue(now);
  longest_queue_ = std::max(longest_queue_, queue);
  if (Starves(now)) {
    Lower(rate_ / 2.0);
    draining_ = false;
    last_cut_ = now;
  } else if (queue > kQueue) {
    if (now - last_cut_ > kCutInterval) Cut(now, queue, made, asked);
  } else if (queue < kQueueGone && SaidOfLate(now)) {
    if (std::exchange(draining_, false) && taken_) {
      rate_ = std::max(rate_, Within(*taken_ * (1 - kSmallestCut)));
    } else {
      Grow(now, since, made, asked);
    }
  }
  return rate_;
}

void SessionRate::Cut(Instant now, nanoseconds queue, double made, int asked) {
  const bool lowest = rate_ <= Within(0);
  if (lowest && queue > kTooLong) {
    pause_ = std::min(kLongestPause, std::chrono::duration_cast<milliseconds>(queue));
  }
  const bool used = made >= kUsed * std::min(rate_, asked);
  const double answered = CameThrough(now);
  taken_ = answered > 0 ? answered : made * (1 - lost_.value_or(0));
  // Of a rate that is not used more might have come through, and while there is a queue frames of
  // which a packet is repeated are not counted.
  const bool measured = !draining_ && (used || now - last_cut_ < kSoon);
  capacity_ = measured ? *taken_ : std::max(*taken_, capacity_.value_or(0));
  const double cut = std::clamp(Seconds(queue).count(), kSmallestCut, kLargestCut);
  Lower((used ? std::min<double>(rate_, *taken_) : rate_) * (1 - cut));
  draining_ = true;
  last_cut_ = now;
}

void SessionRate::Grow(Instant now, Seconds since, double made, int asked) {
  if (capacity_) capacity_ = std::max(*capacity_, CameThrough(now));
  if (lost_.value_or(0) > kMuchLost) return;
  const bool used = made > kUsed * rate_;
  const bool room = !capacity_ || made < kUsed * *capacity_ || now - last_cut_ > kCutHolds;
  // What the encoder makes for a slower session says nothing about more.
  if (!used && (!room || asked < rate_)) return;
  rate_ = Within(rate_ * (1 + kGrowth * since.count()));
}

bool SessionRate::Heard(Instant now) const {
  const auto last = std::max(last_said_, last_requested_);
  return last && now - *last < kHeard;
}

double RateController::Made(Instant now, size_t bytes) {
  made_.emplace_back(now, bytes);
  while (made_.size() > 2 && made_[1].first <= now - kRateWindow) made_.pop_front();
  const Seconds passed = now - made_.front().first;
  if (passed.count() <= 0) return 0;
  return 8.0 * static_cast<double>(bytes - made_.front().second) / passed.count();
}

int RateController::Update(Instant now, size_t bytes) {
  const double made = Made(now, bytes);
  int slowest = limits_.most;
  for (auto& [id, session] : sessions_) {
    const int rate = session.Update(now, made, asked_);
    if (session.Heard(now)) slowest = std::min(slowest, rate);
  }
  overshoots_ = overshoot_.Update(now, slowest, made);
  asked_ = slowest;
  return slowest;
}

}  // namespace ball
