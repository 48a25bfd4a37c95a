// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>

#include "apps/compare/report.h"
#include "apps/wire/number_text.h"

namespace ball {
namespace {

constexpr size_t kLabelWidth = 20;
constexpr size_t kColumnWidth = 11;
constexpr size_t kMaxText = 60;
constexpr int kDecimals = 3;

std::string RightAligned(std::string_view text, size_t width) {
  const size_t blanks = width > text.size() ? width - text.size() : 0;
  return std::string(blanks, ' ') + std::string(text);
}

std::string Label(std::string_view text) {
  std::string label(text);
  label.resize(kLabelWidth, ' ');
  return label;
}

// Keeps at least one blank before the number: digits after the point give way.
std::string NumberCell(const std::optional<double>& number) {
  if (!number) {
    return RightAligned("-", kColumnWidth);
  }
  std::string text;
  for (int decimals = kDecimals; decimals >= 0; --decimals) {
    text = FixedNumber(*number, decimals);
    if (text.size() < kColumnWidth) {
      break;
    }
  }
  return RightAligned(text, kColumnWidth);
}

std::string CountCell(size_t count) { return RightAligned(std::to_string(count), kColumnWidth); }

// Neither control sequences for the terminal nor more than fits.
std::string Printable(std::string_view text) {
  std::string printable(text.substr(0, kMaxText));
  std::replace_if(
      printable.begin(), printable.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return printable;
}

using NamedCount = std::pair<std::string_view, size_t>;

// Two lines: the names, the numbers below.
std::string CountRows(std::string_view label, const std::array<NamedCount, 8>& counts) {
  constexpr std::array<size_t, 8> kWidths = {10, 10, 11, 10, 11, 10, 14, 11};
  constexpr size_t kShortLabel = 10;
  std::string names(label);
  names.resize(kShortLabel, ' ');
  std::string numbers(kShortLabel, ' ');
  for (size_t i = 0; i < counts.size(); ++i) {
    names += RightAligned(counts[i].first, kWidths[i]);
    numbers += RightAligned(std::to_string(counts[i].second), kWidths[i]);
  }
  return names + "\n" + numbers + "\n";
}

std::string Frames(const FrameCounts& frames) {
  std::string rows = CountRows("frames", {{{"sent", frames.sent},
                                           {"matched", frames.matched},
                                           {"not found", frames.not_found},
                                           {"late", frames.late},
                                           {"lost", frames.lost},
                                           {"hidden", frames.hidden},
                                           {"false found", frames.false_found},
                                           {"missed", frames.missed}}});
  if (frames.pending > 0) {
    rows += "still waiting for an answer: " + std::to_string(frames.pending) + "\n";
  }
  if (frames.unsent > 0) {
    rows += "not sent, as the network was full: " + std::to_string(frames.unsent) + "\n";
  }
  if (frames.skipped > 0) {
    rows += "skipped by the source, as it was too late: " + std::to_string(frames.skipped) + "\n";
  }
  return rows;
}

std::string Messages(const MessageCounts& messages) {
  return CountRows("messages", {{{"received", messages.received},
                                 {"matched", messages.matched},
                                 {"not found", messages.not_found},
                                 {"late", messages.late},
                                 {"duplicate", messages.duplicate},
                                 {"unknown", messages.unknown},
                                 {"unidentified", messages.unidentified},
                                 {"malformed", messages.malformed}}});
}

std::string Headings() {
  std::string line = Label("");
  for (const std::string_view name : {"count", "mean", "rms", "p50", "p95", "p99", "max"}) {
    line += RightAligned(name, kColumnWidth);
  }
  return line + "\n";
}

std::string Percentiles(const ErrorStatistics::Summary& summary) {
  return NumberCell(summary.p50) + NumberCell(summary.p95) + NumberCell(summary.p99) +
         NumberCell(summary.max) + "\n";
}

std::string Row(std::string_view label, const ErrorStatistics::Summary& summary) {
  return Label(label) + CountCell(summary.count) + NumberCell(summary.mean) +
         NumberCell(summary.rms) + Percentiles(summary);
}

// A row below the same headings, without a count and rms.
std::string MeanCell(std::string_view label, const std::optional<double>& mean) {
  return Label(label) + RightAligned("", kColumnWidth) + NumberCell(mean);
}

constexpr size_t kStages = 6;

// Rounds to what is shown, in such a way that the parts still add up to the rounded total: those
// with the largest remainders are rounded up ("largest remainder method").
std::array<double, kStages> RoundedParts(const std::array<double, kStages>& parts, double total) {
  const double scale = std::pow(10.0, kDecimals);
  std::array<double, kStages> units{};
  std::transform(parts.begin(), parts.end(), units.begin(),
                 [scale](double part) { return std::floor(part * scale); });
  std::array<size_t, kStages> order{};
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return parts[a] * scale - units[a] > parts[b] * scale - units[b];
  });
  const double missing =
      std::round(total * scale) - std::accumulate(units.begin(), units.end(), 0.0);
  for (size_t i = 0; i < kStages && static_cast<double>(i) < missing; ++i) {
    units[order[i]] += 1;
  }
  for (double& unit : units) {
    unit /= scale;
  }
  return units;
}

using OptionalMeans = std::array<std::optional<double>, kStages>;

// The mean of every stage, as shown. Over the frames whose stages are all known, so that they add
// up; where there is no such frame, over those whose stage is known.
OptionalMeans MeansShown(const LedgerSummary& ledger) {
  const StageSummaries& stages = ledger.stages;
  OptionalMeans shown = {stages.encode.mean,    stages.network.mean, stages.decode.mean,
                         stages.hand_over.mean, stages.locate.mean,  stages.back.mean};
  if (ledger.stage_means) {
    const StageMeans& means = *ledger.stage_means;
    const auto rounded = RoundedParts(
        {means.encode, means.network, means.decode, means.hand_over, means.locate, means.back},
        means.loop);
    std::copy(rounded.begin(), rounded.end(), shown.begin());
  }
  return shown;
}

std::string Stages(const LedgerSummary& ledger) {
  const OptionalMeans means = MeansShown(ledger);
  const auto row = [&means](std::string_view label, size_t which,
                            const ErrorStatistics::Summary& stage) {
    return MeanCell(label, means[which]) + RightAligned("", kColumnWidth) + Percentiles(stage);
  };
  const StageSummaries& stages = ledger.stages;
  std::string rows = "stages, ms\n" + row("  encode", 0, stages.encode) +
                     row("  network", 1, stages.network) + row("  decode", 2, stages.decode) +
                     row("  hand over", 3, stages.hand_over) + row("  locate", 4, stages.locate) +
                     row("  return", 5, stages.back);
  if (!ledger.stage_means) {
    return rows + "The peer did not say where the time went, so the stages do not add up.\n";
  }
  rows += MeanCell("  sum = loop", ledger.stage_means->loop) + "\n";
  if (ledger.stage_means->count != ledger.loop.count) {
    rows += "Means of the stages are over the " + std::to_string(ledger.stage_means->count) +
            " frames of which every stage is known.\n";
  }
  return rows;
}

std::string Kilobits(int rate) { return std::to_string((rate + 500) / 1000); }

std::string WholeMilliseconds(std::chrono::duration<double> time) {
  return FixedNumber(1000 * time.count(), 0) + " ms";
}

std::string Network(const NetworkReport& network) {
  std::string line = "\nnetwork: " + Kilobits(network.last_rate) + " kbit/s in the end, " +
                     Kilobits(network.lowest_rate) + " at the least; lowered " +
                     std::to_string(network.cuts) + " times; queue up to " +
                     WholeMilliseconds(network.longest_queue) + "\n";
  if (network.round_trip) {
    line += "last receiver report: round trip " + WholeMilliseconds(*network.round_trip) + ", " +
            FixedNumber(100 * network.lost.value_or(0), 1) + " % of the packets lost\n";
  }
  return line;
}

}  // namespace

std::string CutOffLine(const Report& report) {
  if (report.cut_off.value_or(0) == 0) {
    return {};
  }
  return "cut off, as their pipelines did not stop in time: " + std::to_string(*report.cut_off) +
         (*report.cut_off == 1 ? " session" : " sessions");
}

std::string ReportTable(const SessionReport& session) {
  const LedgerSummary& ledger = session.ledger;
  return "session " + std::to_string(session.id) + "  " + Printable(session.peer) + "  " +
         FixedNumber(session.duration.count(), 1) + " s\nended: " + Printable(session.ended) +
         "\n\n" + Frames(ledger.frames) + Messages(ledger.messages) + "\n" + Headings() +
         Row("matched error, px", ledger.matched_error) +
         Row("naive error, px", ledger.naive_error) + Row("loop, ms", ledger.loop) + "\n" +
         Stages(ledger) + (session.network ? Network(*session.network) : "");
}

}  // namespace ball
