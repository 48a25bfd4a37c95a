// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "apps/compare/drawn_track.h"
#include "apps/compare/frame_record.h"
#include "apps/compare/instant.h"
#include "apps/compare/ledger_statistics.h"
#include "apps/compare/ledger_summary.h"
#include "apps/compare/stage_splitter.h"
#include "apps/wire/coordinate_message.h"

namespace ball {

// `late_after` and `forget_after` count from when the frame was sent.
struct LedgerSettings {
  // An answer that takes longer is late.
  std::chrono::milliseconds late_after{1000};
  // A frame without an answer is lost by then; any later message about it is unknown.
  std::chrono::milliseconds forget_after{10000};
  // How many finished records wait to be taken; the oldest go first (about 1.5 MB).
  size_t keep_records = 4096;
};

// Accounts for every frame sent to one peer and for every message it sends back.
//
// A frame's identity is its RTP timestamp. Its fate is decided by the first message about it (see
// Fate), by forget_after, or by Close. Should a timestamp be sent again while it is remembered (it
// wraps after 13 hours only), messages speak of the newer frame, and an older one that awaits an
// answer is lost.
//
// The matched error is the distance from the truth of the very frame that was located. The naive
// error is the distance from where the ball is when the message arrives (DrawnTrack); it is known
// once the next frame is drawn, or at Close.
//
// A clock that went backwards makes no negative times: what would be negative is not measured.
//
// Any thread: the lock is a leaf, nothing else is called while it is held.
class TruthLedger {
 public:
  explicit TruthLedger(const LedgerSettings& settings = {}) : settings_(settings) {}

  // Every drawn frame in its order, sent or not. Needed for the naive error only.
  void FrameDrawn(const DrawnFrame& frame);

  // To be called before its packets leave, so that no answer can come first. A truth that is not
  // finite is none.
  void FrameSent(const SentFrame& frame);

  // A message, as ParseCoordinateMessage returned it.
  Verdict Receive(const CoordinateMessage& message, Instant arrived);

  // A message that ParseCoordinateMessage refused.
  void ReceiveMalformed();

  // Frames that await an answer are lost now. After that frames are ignored; messages are still
  // counted, as duplicate, unknown, unidentified or malformed, but measure nothing.
  void Close(Instant now);

  // No frame awaits an answer.
  bool Settled() const;

  // Cheap: for a live line.
  LedgerTotals Totals() const;

  // Takes time linear in the number of frames, most of it without the lock.
  LedgerSummary Summarize() const;

  // The records of frames whose fate is final and that were not taken before, in the order of
  // sending: one whose fate is open holds up those after it, until forget_after at the longest.
  std::vector<FrameRecord> TakeFinished();

 private:
  // More frames than forget_after can span at 240 a second and more; the oldest is forgotten early
  // rather than to grow without limit when no time passes.
  static constexpr size_t kMaxRemembered = 16384;
  // How many messages may wait for the next drawn frame. Beyond that, a peer floods us.
  static constexpr size_t kMaxAwaitingTruth = 256;

  struct Entry {
    uint64_t number = 0;  // frames are numbered from 0, in the order of sending
    FrameRecord record;
    bool decided = false;         // its fate is
    bool awaiting_truth = false;  // its naive error is not known yet
  };

  struct AwaitingTruth {
    Instant arrived;
    double x;
    double y;
    std::optional<uint64_t> number;  // of the frame; nothing for an unidentified message
  };

  // All of these expect the lock to be held.
  Entry* Find(RtpTimestamp id);
  void Decide(Entry& entry, Fate fate);
  Verdict Answer(Entry& entry, const CoordinateMessage& message, Instant arrived);
  void CountVerdict(Verdict::Kind kind);
  void CountSurprise(const Entry& entry);
  void MeasureNaiveError(const CoordinateMessage& message, Instant arrived,
                         std::optional<uint64_t> number);
  void RecordNaiveError(const AwaitingTruth& waiting, const std::optional<Ball>& truth);
  void SettleNaiveErrors();
  void Forget(Instant now);
  void ForgetOldest();
  void HandOut();

  const LedgerSettings settings_;
  mutable std::mutex mutex_;
  bool closed_ = false;
  FrameCounts frames_;
  MessageCounts messages_;
  LedgerStatistics statistics_;
  StageSplitter splitter_;
  DrawnTrack track_;
  std::deque<AwaitingTruth> awaiting_truth_;
  std::deque<Entry> entries_;  // frames remembered, in the order of sending
  uint64_t first_ = 0;         // the number of the first of them
  uint64_t next_out_ = 0;      // the number of the frame whose record goes out next
  std::unordered_map<uint32_t, uint64_t> number_by_id_;
  std::deque<FrameRecord> finished_;
};

}  // namespace ball
