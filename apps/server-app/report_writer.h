// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "apps/compare/report.h"
#include "apps/link/replacement_file.h"
#include "apps/link/report_file.h"

namespace ball {

// Puts what is reported where the user wants it: lines and tables on standard output, the report
// and the frames in files. Main thread only.
class ReportWriter {
 public:
  enum class Print { kNone, kLive, kEach };

  struct Settings {
    Print print = Print::kLive;
    // Paths, empty for none.
    std::string report;
    std::string csv;
  };

  explicit ReportWriter(Settings settings)
      : settings_(std::move(settings)), report_(settings_.report) {}

  // Begins the CSV and tries that the report can be written: an empty text, or what failed.
  std::string Open();

  void Line(const std::string& text);
  void Live(int session, const LedgerTotals& totals);
  void Coordinates(int session, const CoordinateMessage& message, const Verdict& verdict);
  void Table(const SessionReport& report);
  // Below the tables, where there is something to say.
  void CutOff(const Report& report);
  // An empty text, or what failed: then the CSV is given up, and nothing is left of it.
  std::string Frames(int session, const std::vector<FrameRecord>& frames);
  // Gives the CSV its name. An empty text, or what failed.
  std::string FinishFrames();
  // As ReportFile does. An empty text, or what failed.
  std::string WriteReport(const Report& report);
  bool wants_report() const { return !settings_.report.empty(); }
  // Whether the frames are wanted.
  bool wants_frames() const { return csv_.is_open(); }
  bool prints_live() const { return settings_.print == Print::kLive; }

 private:
  const Settings settings_;
  const ReportFile report_;
  ReplacementFile csv_;
};

}  // namespace ball
