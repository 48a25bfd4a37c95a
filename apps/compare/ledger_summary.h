// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>

#include "apps/compare/error_statistics.h"

namespace ball {

// sent = matched + not_found + late + lost + pending, always; once the ledger is closed nothing is
// pending.
struct FrameCounts {
  size_t sent = 0;
  size_t matched = 0;
  size_t not_found = 0;
  size_t late = 0;
  size_t lost = 0;
  size_t pending = 0;

  // Of which:
  size_t hidden = 0;       // sent without a ball
  size_t false_found = 0;  // matched, though the frame had no ball: a match without an error
  size_t missed = 0;       // not found, though the frame had a ball

  // Not of those sent, and the ledger does not know them:
  size_t unsent = 0;   // left out on purpose, since the network or the session's queue was full
  size_t skipped = 0;  // never drawn: the source was too late for them
};

// received = the sum of all others, always.
struct MessageCounts {
  size_t received = 0;
  size_t matched = 0;
  size_t not_found = 0;
  size_t late = 0;
  size_t duplicate = 0;
  size_t unknown = 0;
  size_t unidentified = 0;
  size_t malformed = 0;
};

// ms each, over the frames of which that stage is known.
struct StageSummaries {
  ErrorStatistics::Summary encode;
  ErrorStatistics::Summary network;
  ErrorStatistics::Summary decode;
  ErrorStatistics::Summary hand_over;
  ErrorStatistics::Summary locate;
  ErrorStatistics::Summary back;  // "return"
};

// Means in ms over the frames of which every stage is known: the six add up to loop.
struct StageMeans {
  size_t count = 0;
  double encode = 0;
  double network = 0;
  double decode = 0;
  double hand_over = 0;
  double locate = 0;
  double back = 0;
  double loop = 0;
};

// What a live line shows. The medians are those of the last kRecent frames that have one.
struct LedgerTotals {
  static constexpr size_t kRecent = 32;  // a second or so

  FrameCounts frames;
  MessageCounts messages;
  std::optional<double> recent_matched_error;  // px
  std::optional<double> recent_loop;           // ms
};

struct LedgerSummary {
  FrameCounts frames;
  MessageCounts messages;
  ErrorStatistics::Summary matched_error;  // px; of frames matched
  ErrorStatistics::Summary naive_error;    // px; of frames matched and of unidentified messages
  ErrorStatistics::Summary loop;           // ms; of frames matched or not found
  StageSummaries stages;                   // of the same
  std::optional<StageMeans> stage_means;   // nothing where no frame has every stage
};

}  // namespace ball
