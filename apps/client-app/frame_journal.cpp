// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/frame_journal.h"

#include <algorithm>
#include <utility>

namespace ball {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

// CLOCK_MONOTONIC in microseconds, as the locator gives its times.
microseconds OnClock(FrameJournal::Time time) {
  return duration_cast<microseconds>(time.time_since_epoch());
}

}  // namespace

const FrameJournal::Entry* FrameJournal::FindEntry(RtpTimestamp id) const {
  const auto found = std::find_if(entries_.rbegin(), entries_.rend(),
                                  [id](const Entry& entry) { return entry.id == id; });
  return found == entries_.rend() ? nullptr : &*found;
}

FrameJournal::Entry* FrameJournal::FindEntry(RtpTimestamp id) {
  return const_cast<Entry*>(std::as_const(*this).FindEntry(id));
}

const FrameJournal::Entry* FrameJournal::FindAwaited(const LocatorMessage& located) const {
  if (!located.rtp_timestamp) return nullptr;
  const Entry* entry = FindEntry(*located.rtp_timestamp);
  return entry == nullptr || !entry->decoded || entry->answered ? nullptr : entry;
}

void FrameJournal::Arrived(RtpTimestamp id, Time time) {
  const std::lock_guard guard(lock_);
  if (!entries_.empty() && entries_.back().id == id) return;
  if (FindEntry(id) != nullptr) return;
  entries_.push_back({id, time, {}, false, {}});
  if (entries_.size() > kMaxFrames) entries_.pop_front();
}

void FrameJournal::Decoded(RtpTimestamp id, Time time) {
  const std::lock_guard guard(lock_);
  Entry* entry = FindEntry(id);
  if (entry == nullptr || entry->decoded) return;
  entry->decoded = time;
  ++decoded_;
}

bool FrameJournal::Awaits(const LocatorMessage& located) const {
  const std::lock_guard guard(lock_);
  return FindAwaited(located) != nullptr;
}

std::optional<CoordinateMessage> FrameJournal::Answer(const LocatorMessage& located, Time now) {
  const std::lock_guard guard(lock_);
  auto* entry = const_cast<Entry*>(FindAwaited(located));
  if (entry == nullptr) return {};
  entry->answered = true;
  CoordinateMessage message;
  message.rtp_timestamp = located.rtp_timestamp;
  message.found = located.found;
  if (located.found) {
    entry->ball = LocatedBall{{located.x, located.y, located.radius}, located.confidence};
    message.x = located.x;
    message.y = located.y;
    message.radius = located.radius;
    message.confidence = located.confidence;
  }
  const microseconds arrived = OnClock(entry->arrived);
  const microseconds decoded = OnClock(*entry->decoded) - arrived;
  const microseconds sent = OnClock(now) - arrived;
  // The locator's clock is ours, but its word is only its word: the stages must ascend.
  const microseconds handed_over = std::clamp(located.received - arrived, decoded, sent);
  const microseconds found_at = std::clamp(located.located - arrived, handed_over, sent);
  message.arrived = arrived;
  message.stages = StageTimes{decoded, handed_over, found_at, sent};
  return message;
}

void FrameJournal::Told(RtpTimestamp id, const Ball& truth) {
  const std::lock_guard guard(lock_);
  truths_.push_back({id, truth});
  if (truths_.size() > kMaxFrames) truths_.pop_front();
}

std::optional<LocatedBall> FrameJournal::Find(RtpTimestamp id) const {
  const std::lock_guard guard(lock_);
  const Entry* entry = FindEntry(id);
  return entry == nullptr ? std::nullopt : entry->ball;
}

std::optional<Ball> FrameJournal::FindTruth(RtpTimestamp id) const {
  const std::lock_guard guard(lock_);
  const auto found = std::find_if(truths_.rbegin(), truths_.rend(),
                                  [id](const Truth& truth) { return truth.id == id; });
  return found == truths_.rend() ? std::nullopt : std::optional(found->ball);
}

size_t FrameJournal::decoded() const {
  const std::lock_guard guard(lock_);
  return decoded_;
}

}  // namespace ball
