// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/report_writer.h"

#include <iostream>

namespace ball {

std::string ReportWriter::Open() {
  std::string error = report_.Try();
  if (!error.empty()) return error;
  if (settings_.csv.empty()) return {};
  error = csv_.Open(settings_.csv);
  return error.empty() ? csv_.Append(CsvHeader() + "\r\n") : error;
}

void ReportWriter::Line(const std::string& text) { std::cout << text << std::endl; }

void ReportWriter::Live(int session, const LedgerTotals& totals) {
  if (settings_.print == Print::kLive) Line(SessionLiveLine(session, totals));
}

void ReportWriter::Coordinates(int session, const CoordinateMessage& message,
                               const Verdict& verdict) {
  if (settings_.print == Print::kEach) Line(CoordinateLine(session, message, verdict));
}

void ReportWriter::Table(const SessionReport& report) {
  std::cout << "\n" << ReportTable(report) << std::flush;
}

void ReportWriter::CutOff(const Report& report) {
  const std::string line = CutOffLine(report);
  if (!line.empty()) Line(line);
}

// One write, so that a pipe's reader, too, sees whole lines.
std::string ReportWriter::Frames(int session, const std::vector<FrameRecord>& frames) {
  std::string lines;
  for (const FrameRecord& frame : frames) lines += CsvLine(session, frame) + "\r\n";
  return csv_.Append(lines);
}

std::string ReportWriter::FinishFrames() { return csv_.is_open() ? csv_.Commit() : ""; }

std::string ReportWriter::WriteReport(const Report& report) {
  return report_.Write(ReportJson(report));
}

}  // namespace ball
