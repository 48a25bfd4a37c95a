// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/ledger_statistics.h"

#include <algorithm>
#include <chrono>

namespace ball {
namespace {

double Milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

void AddIfKnown(const std::optional<std::chrono::nanoseconds>& duration, ErrorStatistics& to) {
  if (duration) {
    to.Add(Milliseconds(*duration));
  }
}

}  // namespace

void RecentMedian::Add(double value) { values_[count_++ % values_.size()] = value; }

std::optional<double> RecentMedian::Median() const {
  if (count_ == 0) {
    return std::nullopt;
  }
  auto values = values_;
  const size_t known = std::min(count_, values.size());
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((known - 1) / 2);
  std::nth_element(values.begin(), middle, values.begin() + static_cast<std::ptrdiff_t>(known));
  return *middle;
}

void LedgerStatistics::AddAnswered(const FrameRecord& record) {
  if (record.matched_error) {
    matched_error_.Add(*record.matched_error);
    recent_error_.Add(*record.matched_error);
  }
  if (record.loop) {
    loop_.Add(Milliseconds(*record.loop));
    recent_loop_.Add(Milliseconds(*record.loop));
  }
  AddStages(record);
}

void LedgerStatistics::AddStages(const FrameRecord& record) {
  const StageDurations& stages = record.stages;
  AddIfKnown(stages.encode, encode_);
  AddIfKnown(stages.network, network_);
  AddIfKnown(stages.decode, decode_);
  AddIfKnown(stages.hand_over, hand_over_);
  AddIfKnown(stages.locate, locate_);
  AddIfKnown(stages.back, back_);
  if (!stages.Complete() || !record.loop) {
    return;
  }
  ++sums_.count;
  sums_.encode += Milliseconds(*stages.encode);
  sums_.network += Milliseconds(*stages.network);
  sums_.decode += Milliseconds(*stages.decode);
  sums_.hand_over += Milliseconds(*stages.hand_over);
  sums_.locate += Milliseconds(*stages.locate);
  sums_.back += Milliseconds(*stages.back);
  sums_.loop += Milliseconds(*record.loop);
}

void LedgerStatistics::Fill(LedgerTotals& totals) const {
  totals.recent_matched_error = recent_error_.Median();
  totals.recent_loop = recent_loop_.Median();
}

void LedgerStatistics::Fill(LedgerSummary& summary) const {
  summary.matched_error = matched_error_.Summarize();
  summary.naive_error = naive_error_.Summarize();
  summary.loop = loop_.Summarize();
  summary.stages = {encode_.Summarize(),    network_.Summarize(), decode_.Summarize(),
                    hand_over_.Summarize(), locate_.Summarize(),  back_.Summarize()};
  summary.stage_means.reset();
  if (sums_.count > 0) {
    const auto n = static_cast<double>(sums_.count);
    summary.stage_means =
        StageMeans{sums_.count,         sums_.encode / n, sums_.network / n, sums_.decode / n,
                   sums_.hand_over / n, sums_.locate / n, sums_.back / n,    sums_.loop / n};
  }
}

}  // namespace ball
