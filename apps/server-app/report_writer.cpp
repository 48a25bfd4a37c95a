// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/report_writer.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>

namespace ball {
namespace {

std::string CannotWrite(const std::string& path) {
  return "cannot write " + path + " (" + std::strerror(errno) +
         "): give a file in a directory that you can write to";
}

std::string TemporaryName(const std::string& path) {
  return path + ".tmp" + std::to_string(getpid());
}

// What is there already, if it is no file: a device or a pipe, which a rename would replace.
bool IsSpecial(const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  return std::filesystem::is_other(status);
}

bool IsDirectory(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

}  // namespace

std::string ReportWriter::Open() {
  // Better now than after an hour of measuring.
  if (IsDirectory(settings_.report)) {
    errno = EISDIR;
    return CannotWrite(settings_.report);
  }
  if (!settings_.report.empty() && !IsSpecial(settings_.report)) {
    const std::string temporary = TemporaryName(settings_.report);
    if (!std::ofstream(temporary)) return CannotWrite(settings_.report);
    std::remove(temporary.c_str());
  }
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
  if (settings_.report.empty()) return {};
  const bool special = IsSpecial(settings_.report);
  const std::string temporary = special ? settings_.report : TemporaryName(settings_.report);
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << ReportJson(report);
  file.close();
  if (file && (special || std::rename(temporary.c_str(), settings_.report.c_str()) == 0)) return {};
  std::string error = CannotWrite(settings_.report);
  if (!special) std::remove(temporary.c_str());
  return error;
}

}  // namespace ball
