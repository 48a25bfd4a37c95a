// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/compare/frame_record.h"
#include "apps/compare/ledger_summary.h"
#include "apps/compare/network_report.h"
#include "apps/wire/coordinate_message.h"
#include "apps/wire/json_value.h"

// What is said about sessions, for people and for programs. Numbers have a point
// whatever the locale says, and one that does not exist is null, "-" or an empty field, never 0.
namespace ball {

// What is 0 or empty is not known.
struct VideoDescription {
  int width = 0;  // px
  int height = 0;
  std::string framerate;  // "30/1"
  std::string codec;      // "VP8"
  int bitrate = 0;        // bit/s
};

struct SessionReport {
  int id = 0;
  std::string peer;                         // "127.0.0.1:53412"
  std::chrono::duration<double> started{};  // since the server started
  std::chrono::duration<double> duration{};
  std::string ended;     // why: "bye", ...
  LedgerSummary ledger;  // of a closed ledger
  // In a client's report: since the client started. It may have been at several servers.
  std::optional<std::chrono::duration<double>> connected;
  // Nothing where the bit rate follows no network.
  std::optional<NetworkReport> network;
};

struct Report {
  std::string version;  // of gst-ball
  std::string started;  // ISO 8601
  std::chrono::duration<double> duration{};
  VideoDescription video;
  std::vector<SessionReport> sessions;
  // Of those, and of those that never streamed, whose pipeline did not stop in time: a server's.
  std::optional<size_t> cut_off;
};

// The whole report, schema gst-ball-report/1, as pretty JSON with a line end. For each session
// sent = matched + not_found + late + lost, and received = the sum of the other message counts.
std::string ReportJson(const Report& report);

// One of its sessions, on one line without its end.
std::string SessionJson(const SessionReport& session);

// The report's description of the video, the same way.
std::string VideoJson(const VideoDescription& video);

// Reads what SessionJson writes. Nothing where a member is missing or of another type: it comes
// from another program. Members nobody knows are ignored.
std::optional<SessionReport> ParseSessionReport(const json::Object& session);

// Reads what VideoJson writes; a member that is missing, or of another type, is not known.
VideoDescription ParseVideoDescription(const json::Object& video);

// One session for a terminal: plain ASCII of at most 100 columns, lines that end in LF. The means
// of the stages add up to that of the loop to the last digit shown. What is not printable in `peer`
// and `ended` becomes '?': they may hold what a peer said.
std::string ReportTable(const SessionReport& session);

// One line, without its end, on how many sessions a server cut off; empty for none.
std::string CutOffLine(const Report& report);

// One line, without its end, on how a session is doing.
std::string SessionLiveLine(int id, const LedgerTotals& totals);

// One line, without its end, on one message.
std::string CoordinateLine(int id, const CoordinateMessage& message, const Verdict& verdict);

// RFC 4180, without the line end (CRLF there). drawn_s is the machine's monotonic clock in seconds;
// errors are in px, durations in ms.
std::string CsvHeader();
std::string CsvLine(int session, const FrameRecord& record);

}  // namespace ball
