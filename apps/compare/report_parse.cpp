// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "apps/compare/report.h"
#include "apps/wire/json_fields.h"

namespace ball {
namespace {

// Integers up to here are exact in every language's JSON.
constexpr int64_t kMaxCount = int64_t{1} << 53;
// Seconds, pixels, milliseconds: far more than any session has, and few digits in a table.
constexpr double kMaxNumber = 1e12;

// Takes members out of an object, of which none may be missing.
class Members {
 public:
  explicit Members(const json::Object& object) : fields_(object) {}

  size_t Count(std::string_view key) {
    const auto count = fields_.Integer(key, 0, kMaxCount);
    complete_ = complete_ && count;
    return static_cast<size_t>(count.value_or(0));
  }
  std::string Text(std::string_view key) {
    auto text = fields_.Text(key);
    complete_ = complete_ && text;
    return std::move(text).value_or("");
  }
  std::chrono::duration<double> Seconds(std::string_view key) {
    const auto seconds = fields_.Real(key, 0, kMaxNumber);
    complete_ = complete_ && seconds;
    return std::chrono::duration<double>(seconds.value_or(0));
  }
  // As servers did not tell it that are older; 0 where it is missing.
  size_t LaterCount(std::string_view key) {
    return static_cast<size_t>(fields_.Integer(key, 0, kMaxCount).value_or(0));
  }
  // May be null: then it was not measured.
  std::optional<double> Number(std::string_view key) {
    return fields_.Real(key, -kMaxNumber, kMaxNumber);
  }
  // An object that need not be there.
  std::optional<Members> LaterGroup(std::string_view key) {
    const json::Object* group = fields_.Nested(key);
    return group != nullptr ? std::optional<Members>(*group) : std::nullopt;
  }
  // An object; an empty one where there is none.
  Members Group(std::string_view key) {
    static const json::Object kNone;
    const json::Object* group = fields_.Nested(key);
    complete_ = complete_ && group != nullptr;
    return Members(group != nullptr ? *group : kNone);
  }
  // Of this object alone.
  bool Good() const { return complete_ && fields_.Good(); }

 private:
  json::Fields fields_;
  bool complete_ = true;
};

bool Read(Members members, FrameCounts& frames) {
  frames.sent = members.Count("sent");
  frames.matched = members.Count("matched");
  frames.not_found = members.Count("not_found");
  frames.late = members.Count("late");
  frames.lost = members.Count("lost");
  frames.hidden = members.Count("hidden");
  frames.false_found = members.Count("false_found");
  frames.missed = members.Count("missed");
  frames.unsent = members.LaterCount("unsent");
  frames.skipped = members.LaterCount("skipped");
  return members.Good();
}

bool Read(Members members, MessageCounts& messages) {
  messages.received = members.Count("received");
  messages.matched = members.Count("matched");
  messages.not_found = members.Count("not_found");
  messages.late = members.Count("late");
  messages.duplicate = members.Count("duplicate");
  messages.unknown = members.Count("unknown");
  messages.unidentified = members.Count("unidentified");
  messages.malformed = members.Count("malformed");
  return members.Good();
}

bool Read(Members members, ErrorStatistics::Summary& summary) {
  summary.count = members.Count("count");
  summary.mean = members.Number("mean");
  summary.rms = members.Number("rms");
  summary.p50 = members.Number("p50");
  summary.p95 = members.Number("p95");
  summary.p99 = members.Number("p99");
  summary.max = members.Number("max");
  return members.Good();
}

bool Read(Members members, StageSummaries& stages) {
  bool good = Read(members.Group("encode"), stages.encode);
  good = Read(members.Group("network"), stages.network) && good;
  good = Read(members.Group("decode"), stages.decode) && good;
  good = Read(members.Group("hand_over"), stages.hand_over) && good;
  good = Read(members.Group("locate"), stages.locate) && good;
  good = Read(members.Group("return"), stages.back) && good;
  return members.Good() && good;
}

bool Read(Members members, NetworkReport& network) {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  const auto rate = [&members](std::string_view key) {
    return static_cast<int>(std::min<size_t>(members.Count(key), std::numeric_limits<int>::max()));
  };
  network.lowest_rate = rate("lowest_bitrate");
  network.last_rate = rate("last_bitrate");
  network.cuts = members.Count("cuts");
  network.longest_queue = Milliseconds(members.Number("longest_queue_ms").value_or(0));
  if (const auto round_trip = members.Number("round_trip_ms")) {
    network.round_trip = Milliseconds(*round_trip);
  }
  network.lost = members.Number("packets_lost");
  return members.Good();
}

// The report does not name the means over the frames of which every stage is known. They are those
// of the stages where all stages are known of the same number of frames: encode is known of every
// frame and the others come together.
std::optional<StageMeans> MeansOf(const StageSummaries& stages) {
  const std::array<const ErrorStatistics::Summary*, 6> all = {&stages.encode, &stages.network,
                                                              &stages.decode, &stages.hand_over,
                                                              &stages.locate, &stages.back};
  const bool same = std::all_of(all.begin(), all.end(), [&](const auto* stage) {
    return stage->mean && stage->count == stages.encode.count;
  });
  if (!same || stages.encode.count == 0) {
    return std::nullopt;
  }
  StageMeans means{
      stages.encode.count,    *stages.encode.mean, *stages.network.mean, *stages.decode.mean,
      *stages.hand_over.mean, *stages.locate.mean, *stages.back.mean,    0};
  for (const auto* stage : all) {
    means.loop += *stage->mean;
  }
  return means;
}

}  // namespace

std::optional<SessionReport> ParseSessionReport(const json::Object& session) {
  Members members(session);
  SessionReport report;
  report.id =
      static_cast<int>(std::min<size_t>(members.Count("id"), std::numeric_limits<int>::max()));
  report.peer = members.Text("peer");
  report.started = members.Seconds("started_s");
  report.duration = members.Seconds("duration_s");
  report.ended = members.Text("ended");
  LedgerSummary& ledger = report.ledger;
  bool good = Read(members.Group("frames"), ledger.frames);
  good = Read(members.Group("messages"), ledger.messages) && good;
  good = Read(members.Group("matched_error_px"), ledger.matched_error) && good;
  good = Read(members.Group("naive_error_px"), ledger.naive_error) && good;
  good = Read(members.Group("loop_ms"), ledger.loop) && good;
  good = Read(members.Group("stages_ms"), ledger.stages) && good;
  if (const auto network = members.LaterGroup("network")) {
    good = Read(*network, report.network.emplace()) && good;
  }
  if (!good || !members.Good()) {
    return std::nullopt;
  }
  ledger.stage_means = MeansOf(ledger.stages);
  return report;
}

VideoDescription ParseVideoDescription(const json::Object& video) {
  json::Fields fields(video);
  const auto number = [&fields](std::string_view key) {
    return static_cast<int>(fields.Integer(key, 0, std::numeric_limits<int>::max()).value_or(0));
  };
  return {number("width"), number("height"), fields.Text("framerate").value_or(""),
          fields.Text("codec").value_or(""), number("bitrate")};
}

}  // namespace ball
