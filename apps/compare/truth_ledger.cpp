// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/truth_ledger.h"

#include <cmath>
#include <iterator>
#include <utility>

namespace ball {
namespace {

using std::chrono::nanoseconds;

std::optional<Ball> Finite(const std::optional<Ball>& ball) {
  const bool finite =
      ball && std::isfinite(ball->x) && std::isfinite(ball->y) && std::isfinite(ball->radius);
  return finite ? ball : std::nullopt;
}

double Distance(const Ball& ball, double x, double y) { return std::hypot(x - ball.x, y - ball.y); }

std::optional<nanoseconds> NotNegative(nanoseconds duration) {
  return duration >= nanoseconds::zero() ? std::optional(duration) : std::nullopt;
}

}  // namespace

void TruthLedger::FrameDrawn(const DrawnFrame& frame) {
  const std::lock_guard lock(mutex_);
  if (closed_) {
    return;
  }
  track_.Add({Finite(frame.truth), frame.drawn});
  SettleNaiveErrors();
  HandOut();
}

void TruthLedger::FrameSent(const SentFrame& frame) {
  const std::lock_guard lock(mutex_);
  if (closed_) {
    return;
  }
  Forget(frame.sent);
  if (Entry* same = Find(frame.id); same != nullptr && !same->decided) {
    Decide(*same, Fate::kLost);
  }
  if (entries_.size() == kMaxRemembered) {
    ForgetOldest();
  }
  const uint64_t number = first_ + entries_.size();
  Entry& entry = entries_.emplace_back();
  entry.number = number;
  entry.record.frame = frame;
  entry.record.frame.truth = Finite(frame.truth);
  number_by_id_[frame.id.value] = number;
  ++frames_.sent;
  ++frames_.pending;
  frames_.hidden += entry.record.frame.truth ? 0 : 1;
  HandOut();
}

Verdict TruthLedger::Receive(const CoordinateMessage& message, Instant arrived) {
  const std::lock_guard lock(mutex_);
  Verdict verdict;
  if (!message.rtp_timestamp) {
    verdict.kind = Verdict::Kind::kUnidentified;
    MeasureNaiveError(message, arrived, std::nullopt);
  } else {
    if (!closed_) {
      Forget(arrived);
    }
    if (Entry* entry = Find(*message.rtp_timestamp)) {
      verdict = Answer(*entry, message, arrived);
    }
  }
  CountVerdict(verdict.kind);
  HandOut();
  return verdict;
}

void TruthLedger::ReceiveMalformed() {
  const std::lock_guard lock(mutex_);
  ++messages_.received;
  ++messages_.malformed;
}

void TruthLedger::Close(Instant now) {
  const std::lock_guard lock(mutex_);
  if (closed_) {
    return;
  }
  Forget(now);
  for (Entry& entry : entries_) {
    if (!entry.decided) {
      Decide(entry, Fate::kLost);
    }
  }
  for (const AwaitingTruth& waiting : awaiting_truth_) {
    RecordNaiveError(waiting, track_.AtOrBeyond(waiting.arrived));
  }
  awaiting_truth_.clear();
  HandOut();
  closed_ = true;
}

bool TruthLedger::Settled() const {
  const std::lock_guard lock(mutex_);
  return frames_.pending == 0;
}

LedgerTotals TruthLedger::Totals() const {
  const std::lock_guard lock(mutex_);
  LedgerTotals totals;
  totals.frames = frames_;
  totals.messages = messages_;
  statistics_.Fill(totals);
  return totals;
}

LedgerSummary TruthLedger::Summarize() const {
  LedgerSummary summary;
  // A streaming thread must not wait while percentiles are found: only the copy is made locked.
  std::optional<LedgerStatistics> statistics;
  {
    const std::lock_guard lock(mutex_);
    summary.frames = frames_;
    summary.messages = messages_;
    statistics = statistics_;
  }
  statistics->Fill(summary);
  return summary;
}

std::vector<FrameRecord> TruthLedger::TakeFinished() {
  std::deque<FrameRecord> finished;
  {
    const std::lock_guard lock(mutex_);
    finished.swap(finished_);
  }
  return {std::make_move_iterator(finished.begin()), std::make_move_iterator(finished.end())};
}

TruthLedger::Entry* TruthLedger::Find(RtpTimestamp id) {
  const auto found = number_by_id_.find(id.value);
  return found != number_by_id_.end() ? &entries_[found->second - first_] : nullptr;
}

void TruthLedger::Decide(Entry& entry, Fate fate) {
  entry.decided = true;
  entry.record.fate = fate;
  --frames_.pending;
  switch (fate) {
    case Fate::kMatched:
      ++frames_.matched;
      break;
    case Fate::kNotFound:
      ++frames_.not_found;
      break;
    case Fate::kLate:
      ++frames_.late;
      break;
    case Fate::kLost:
      ++frames_.lost;
      break;
  }
}

Verdict TruthLedger::Answer(Entry& entry, const CoordinateMessage& message, Instant arrived) {
  FrameRecord& record = entry.record;
  Verdict verdict;
  verdict.truth = record.frame.truth;
  verdict.loop = NotNegative(arrived - record.frame.drawn);
  verdict.bytes = record.frame.bytes;
  if (message.stages) {
    verdict.travel = NotNegative(arrived - record.frame.sent - message.stages->sent);
  }
  if (entry.decided) {
    verdict.kind = record.answer ? Verdict::Kind::kDuplicate : Verdict::Kind::kUnknown;
    return verdict;
  }
  record.answer = message;
  record.arrived = arrived;
  record.loop = verdict.loop;
  if (arrived - record.frame.sent > settings_.late_after) {
    verdict.kind = Verdict::Kind::kLate;
    Decide(entry, Fate::kLate);
    return verdict;
  }
  verdict.kind = message.found ? Verdict::Kind::kMatched : Verdict::Kind::kNotFound;
  Decide(entry, message.found ? Fate::kMatched : Fate::kNotFound);
  CountSurprise(entry);
  if (message.found && record.frame.truth) {
    record.matched_error = Distance(*record.frame.truth, message.x, message.y);
    verdict.matched_error = record.matched_error;
  }
  record.stages = splitter_.Split(record.frame, message, arrived);
  statistics_.AddAnswered(record);
  MeasureNaiveError(message, arrived, entry.number);
  return verdict;
}

void TruthLedger::CountSurprise(const Entry& entry) {
  const bool visible = entry.record.frame.truth.has_value();
  frames_.false_found += entry.record.fate == Fate::kMatched && !visible ? 1 : 0;
  frames_.missed += entry.record.fate == Fate::kNotFound && visible ? 1 : 0;
}

void TruthLedger::CountVerdict(Verdict::Kind kind) {
  ++messages_.received;
  switch (kind) {
    case Verdict::Kind::kMatched:
      ++messages_.matched;
      break;
    case Verdict::Kind::kNotFound:
      ++messages_.not_found;
      break;
    case Verdict::Kind::kLate:
      ++messages_.late;
      break;
    case Verdict::Kind::kDuplicate:
      ++messages_.duplicate;
      break;
    case Verdict::Kind::kUnknown:
      ++messages_.unknown;
      break;
    case Verdict::Kind::kUnidentified:
      ++messages_.unidentified;
      break;
  }
}

void TruthLedger::MeasureNaiveError(const CoordinateMessage& message, Instant arrived,
                                    std::optional<uint64_t> number) {
  if (closed_ || !message.found) {
    return;
  }
  const AwaitingTruth waiting{arrived, message.x, message.y, number};
  if (track_.Reaches(arrived)) {
    RecordNaiveError(waiting, track_.At(arrived));
  } else if (awaiting_truth_.size() < kMaxAwaitingTruth) {
    awaiting_truth_.push_back(waiting);
    if (number) {
      entries_[*number - first_].awaiting_truth = true;
    }
  }
}

void TruthLedger::RecordNaiveError(const AwaitingTruth& waiting, const std::optional<Ball>& truth) {
  Entry* entry =
      waiting.number && *waiting.number >= first_ ? &entries_[*waiting.number - first_] : nullptr;
  if (entry != nullptr) {
    entry->awaiting_truth = false;
  }
  if (!truth) {
    return;
  }
  const double error = Distance(*truth, waiting.x, waiting.y);
  statistics_.AddNaiveError(error);
  if (entry != nullptr) {
    entry->record.naive_error = error;
  }
}

void TruthLedger::SettleNaiveErrors() {
  std::erase_if(awaiting_truth_, [this](const AwaitingTruth& waiting) {
    if (!track_.Reaches(waiting.arrived)) {
      return false;
    }
    RecordNaiveError(waiting, track_.At(waiting.arrived));
    return true;
  });
}

void TruthLedger::Forget(Instant now) {
  while (!entries_.empty() && entries_.front().record.frame.sent + settings_.forget_after <= now) {
    ForgetOldest();
  }
}

void TruthLedger::ForgetOldest() {
  Entry& oldest = entries_.front();
  if (!oldest.decided) {
    Decide(oldest, Fate::kLost);
  }
  oldest.awaiting_truth = false;
  HandOut();
  // The timestamp may belong to a newer frame by now.
  const auto found = number_by_id_.find(oldest.record.frame.id.value);
  if (found->second == first_) {
    number_by_id_.erase(found);
  }
  entries_.pop_front();
  ++first_;
}

void TruthLedger::HandOut() {
  while (next_out_ < first_ + entries_.size()) {
    const Entry& entry = entries_[next_out_ - first_];
    if (!entry.decided || entry.awaiting_truth) {
      return;
    }
    finished_.push_back(entry.record);
    ++next_out_;
    if (finished_.size() > settings_.keep_records) {
      finished_.pop_front();
    }
  }
}

}  // namespace ball
