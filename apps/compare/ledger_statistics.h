// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "apps/compare/error_statistics.h"
#include "apps/compare/frame_record.h"
#include "apps/compare/ledger_summary.h"

namespace ball {

// The median of the last few values.
//
// One thread at a time.
class RecentMedian {
 public:
  void Add(double value);

  // By nearest rank; nothing before the first value.
  std::optional<double> Median() const;

 private:
  std::array<double, LedgerTotals::kRecent> values_{};  // a ring
  size_t count_ = 0;
};

// Everything a ledger measures, as opposed to what it counts. Copies can be summarized elsewhere.
//
// One thread at a time.
class LedgerStatistics {
 public:
  // A frame that was answered in time; its naive error comes separately, when it is known.
  void AddAnswered(const FrameRecord& record);
  void AddNaiveError(double error_px) { naive_error_.Add(error_px); }

  // Sets the numbers that are measured, leaves the counts alone.
  void Fill(LedgerTotals& totals) const;
  void Fill(LedgerSummary& summary) const;

 private:
  void AddStages(const FrameRecord& record);

  ErrorStatistics matched_error_;
  ErrorStatistics naive_error_;
  ErrorStatistics loop_;
  ErrorStatistics encode_;
  ErrorStatistics network_;
  ErrorStatistics decode_;
  ErrorStatistics hand_over_;
  ErrorStatistics locate_;
  ErrorStatistics back_;
  StageMeans sums_;  // sums in ms, so far
  RecentMedian recent_error_;
  RecentMedian recent_loop_;
};

}  // namespace ball
