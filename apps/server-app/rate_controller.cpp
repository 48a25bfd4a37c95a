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

// Longer than a frame waits for a packet that is repeated at a round trip of 150 ms.
constexpr milliseconds kMoment{400};
constexpr seconds kLeastPart{10};
constexpr size_t kLeastParts = 3;
constexpr milliseconds kQueue{50};
constexpr milliseconds kQueueGone{25};
constexpr milliseconds kCutInterval{400};
// Reports come every 0.25 to 0.75 s.
constexpr seconds kSilence{1};
constexpr double kSmallestCut = 0.15;
constexpr double kLargestCut = 0.5;
constexpr double kMuchLost = 0.1;
constexpr double kGrowth = 0.08;  // a second
// A rate that is not used says nothing about more.
constexpr double kUsed = 0.6;
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
  last_heard_ = last_said_ = now;
  answered_.emplace_back(now, bytes);
  DropBefore(answered_, now - kRateWindow);
  if (!travel) return;
  tells_times_ = true;
  AddTravel(now, *travel);
}

void SessionRate::Reported(Instant now, double lost, const std::optional<nanoseconds>& round_trip) {
  last_heard_ = last_said_ = now;
  lost_ = lost;
  if (round_trip) round_trip_ = round_trip;
  if (round_trip && !tells_times_) AddTravel(now, *round_trip);
  if (lost > kMuchLost) Lower(rate_ * (1 - lost / 2));
}

void SessionRate::Requested(Instant now) { last_heard_ = last_requested_ = now; }

bool SessionRate::SaidOfLate(Instant now) const {
  return last_said_ && now - *last_said_ < kSilence;
}

// Not one that was killed or stopped, or that closed its data channel and sends no reports: their
// network has done nothing.
bool SessionRate::Starves(Instant now) const {
  const bool asks = last_requested_ && now - *last_requested_ < kSilence;
  return asks && last_said_ && !SaidOfLate(now) && now - last_cut_ > kSilence;
}

void SessionRate::AddTravel(Instant now, nanoseconds travel) {
  travels_.push_back({now, travel});
  if (least_.empty() || now - least_.back().began > kLeastPart) least_.push_back({now, travel});
  if (least_.size() > kLeastParts) least_.pop_front();
  least_.back().least = std::min(least_.back().least, travel);
}

// By how much the last moment's frames took longer than the fastest; none where there were none.
nanoseconds SessionRate::Queue() const {
  if (travels_.empty()) return nanoseconds::zero();
  const auto by_travel = [](const Sample& a, const Sample& b) { return a.travel < b.travel; };
  const auto by_least = [](const Least& a, const Least& b) { return a.least < b.least; };
  return std::min_element(travels_.begin(), travels_.end(), by_travel)->travel -
         std::min_element(least_.begin(), least_.end(), by_least)->least;
}

double SessionRate::CameThrough(Instant now) const {
  double bits = 0;
  for (const auto& [at, bytes] : answered_) {
    if (at >= now - kRateWindow) bits += 8.0 * static_cast<double>(bytes);
  }
  return bits / Seconds(kRateWindow).count();
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

int SessionRate::Update(Instant now, double made) {
  const Seconds since = now - last_update_.value_or(now);
  last_update_ = now;
  pause_ = {};
  // A report a moment ago is as good as none.
  while (!travels_.empty() && travels_.front().at < now - (tells_times_ ? kMoment : 4 * kMoment)) {
    travels_.pop_front();
  }
  const nanoseconds queue = Queue();
  longest_queue_ = std::max(longest_queue_, queue);
  if (Starves(now)) {
    Lower(rate_ / 2.0);
    last_cut_ = now;
  } else if (queue > kQueue) {
    if (now - last_cut_ > kCutInterval) Cut(now, queue, made);
  } else if (queue < kQueueGone && SaidOfLate(now)) {
    if (std::exchange(draining_, false) && taken_) {
      rate_ = std::max(rate_, Within(*taken_ * (1 - kSmallestCut)));
    } else {
      Grow(since, made);
    }
  }
  return rate_;
}

void SessionRate::Cut(Instant now, nanoseconds queue, double made) {
  const bool lowest = rate_ <= Within(0);
  if (lowest && queue > kTooLong) {
    pause_ = std::min(kLongestPause, std::chrono::duration_cast<milliseconds>(queue));
  }
  const double answered = CameThrough(now);
  taken_ = answered > 0 ? answered : made * (1 - lost_.value_or(0));
  const double cut = std::clamp(Seconds(queue).count(), kSmallestCut, kLargestCut);
  Lower(std::min<double>(rate_, *taken_) * (1 - cut));
  draining_ = true;
  last_cut_ = now;
}

void SessionRate::Grow(Seconds since, double made) {
  if (lost_.value_or(0) > kMuchLost || made < kUsed * rate_) return;
  rate_ = Within(rate_ * (1 + kGrowth * since.count()));
}

bool SessionRate::Heard(Instant now) const { return last_heard_ && now - *last_heard_ < kHeard; }

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
    const int rate = session.Update(now, made);
    if (session.Heard(now)) slowest = std::min(slowest, rate);
  }
  return slowest;
}

}  // namespace ball
