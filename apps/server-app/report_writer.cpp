// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/report_writer.h"

#include <iostream>

namespace ball {

std::string ReportWriter::Open() {
  std::string error = report_.Try();
  if (!error.empty()) return error;
  if (settings_.csv.empty()) return {};
  csv_.open(settings_.csv, std::ios::binary | std::ios::trunc);
  csv_ << CsvHeader() << "\r\n" << std::flush;
  return csv_ ? "" : CannotWrite(settings_.csv);
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

void ReportWriter::Frames(int session, const std::vector<FrameRecord>& frames) {
  for (const FrameRecord& frame : frames) csv_ << CsvLine(session, frame) << "\r\n";
  csv_.flush();
}

std::string ReportWriter::WriteReport(const Report& report) {
  return report_.Write(ReportJson(report));
}

}  // namespace ball
