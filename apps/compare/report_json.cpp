// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstddef>
#include <cstdint>

#include "apps/compare/report.h"
#include "apps/wire/json_writer.h"

namespace ball {
namespace {

using json::Writer;

constexpr int kDecimals = 4;         // 0.0001 px, 0.1 us
constexpr int kSecondsDecimals = 3;  // 1 ms

void WriteCount(std::string_view key, size_t count, Writer& out) {
  out.Key(key).Integer(static_cast<int64_t>(count));
}

void WriteNumber(std::string_view key, const std::optional<double>& number, Writer& out) {
  out.Key(key).Real(number, kDecimals);
}

void WriteSeconds(std::string_view key, std::chrono::duration<double> time, Writer& out) {
  out.Key(key).Real(time.count(), kSecondsDecimals);
}

void WriteSummary(std::string_view key, const ErrorStatistics::Summary& summary, Writer& out) {
  out.Key(key).BeginObject();
  WriteCount("count", summary.count, out);
  WriteNumber("mean", summary.mean, out);
  WriteNumber("rms", summary.rms, out);
  WriteNumber("p50", summary.p50, out);
  WriteNumber("p95", summary.p95, out);
  WriteNumber("p99", summary.p99, out);
  WriteNumber("max", summary.max, out);
  out.EndObject();
}

// The same without rms, which says nothing about a time.
void WriteTimes(std::string_view key, const ErrorStatistics::Summary& summary, Writer& out) {
  out.Key(key).BeginObject();
  WriteCount("count", summary.count, out);
  WriteNumber("mean", summary.mean, out);
  WriteNumber("p50", summary.p50, out);
  WriteNumber("p95", summary.p95, out);
  WriteNumber("p99", summary.p99, out);
  WriteNumber("max", summary.max, out);
  out.EndObject();
}

void WriteFrames(const FrameCounts& frames, Writer& out) {
  out.Key("frames").BeginObject();
  WriteCount("sent", frames.sent, out);
  WriteCount("matched", frames.matched, out);
  WriteCount("not_found", frames.not_found, out);
  WriteCount("late", frames.late, out);
  WriteCount("lost", frames.lost, out);
  WriteCount("hidden", frames.hidden, out);
  WriteCount("false_found", frames.false_found, out);
  WriteCount("missed", frames.missed, out);
  WriteCount("unsent", frames.unsent, out);
  WriteCount("skipped", frames.skipped, out);
  out.EndObject();
}

void WriteMessages(const MessageCounts& messages, Writer& out) {
  out.Key("messages").BeginObject();
  WriteCount("received", messages.received, out);
  WriteCount("matched", messages.matched, out);
  WriteCount("not_found", messages.not_found, out);
  WriteCount("late", messages.late, out);
  WriteCount("duplicate", messages.duplicate, out);
  WriteCount("unknown", messages.unknown, out);
  WriteCount("unidentified", messages.unidentified, out);
  WriteCount("malformed", messages.malformed, out);
  out.EndObject();
}

void WriteStages(const StageSummaries& stages, Writer& out) {
  out.Key("stages_ms").BeginObject();
  WriteTimes("encode", stages.encode, out);
  WriteTimes("network", stages.network, out);
  WriteTimes("decode", stages.decode, out);
  WriteTimes("hand_over", stages.hand_over, out);
  WriteTimes("locate", stages.locate, out);
  WriteTimes("return", stages.back, out);
  out.EndObject();
}

std::optional<double> Milliseconds(const std::optional<std::chrono::duration<double>>& time) {
  return time ? std::optional(1000 * time->count()) : std::nullopt;
}

void WriteNetwork(const NetworkReport& network, Writer& out) {
  out.Key("network").BeginObject();
  out.Key("lowest_bitrate").Integer(network.lowest_rate);
  out.Key("last_bitrate").Integer(network.last_rate);
  WriteCount("cuts", network.cuts, out);
  WriteNumber("longest_queue_ms", Milliseconds(network.longest_queue), out);
  WriteNumber("round_trip_ms", Milliseconds(network.round_trip), out);
  WriteNumber("packets_lost", network.lost, out);
  out.EndObject();
}

void WriteSession(const SessionReport& session, Writer& out) {
  out.BeginObject();
  out.Key("id").Integer(session.id);
  out.Key("peer").Text(session.peer);
  WriteSeconds("started_s", session.started, out);
  WriteSeconds("duration_s", session.duration, out);
  out.Key("ended").Text(session.ended);
  WriteFrames(session.ledger.frames, out);
  WriteMessages(session.ledger.messages, out);
  WriteSummary("matched_error_px", session.ledger.matched_error, out);
  WriteSummary("naive_error_px", session.ledger.naive_error, out);
  WriteTimes("loop_ms", session.ledger.loop, out);
  WriteStages(session.ledger.stages, out);
  if (session.network) {
    WriteNetwork(*session.network, out);
  }
  if (session.connected) {
    WriteSeconds("connected_s", *session.connected, out);
  }
  out.EndObject();
}

void WriteKnown(std::string_view key, int number, Writer& out) {
  out.Key(key).Real(number > 0 ? std::optional<double>(number) : std::nullopt, 0);
}

void WriteVideo(const VideoDescription& video, Writer& out) {
  out.BeginObject();
  WriteKnown("width", video.width, out);
  WriteKnown("height", video.height, out);
  out.Key("framerate").Text(video.framerate);
  out.Key("codec").Text(video.codec);
  WriteKnown("bitrate", video.bitrate, out);
  out.EndObject();
}

}  // namespace

std::string SessionJson(const SessionReport& session) {
  Writer out(Writer::Style::kCompact);
  WriteSession(session, out);
  return out.Result();
}

std::string VideoJson(const VideoDescription& video) {
  Writer out(Writer::Style::kCompact);
  WriteVideo(video, out);
  return out.Result();
}

std::string ReportJson(const Report& report) {
  Writer out(Writer::Style::kPretty);
  out.BeginObject();
  out.Key("schema").Text("gst-ball-report/1");
  out.Key("version").Text(report.version);
  out.Key("started").Text(report.started);
  WriteSeconds("duration_s", report.duration, out);
  out.Key("video");
  WriteVideo(report.video, out);
  if (report.cut_off) {
    WriteCount("cut_off", *report.cut_off, out);
  }
  out.Key("sessions").BeginArray();
  for (const SessionReport& session : report.sessions) {
    WriteSession(session, out);
  }
  out.EndArray();
  out.EndObject();
  return out.Result() + "\n";
}

}  // namespace ball
