// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/compare/report.h"
#include "apps/compare/requirement.h"
#include "apps/link/exit_code.h"
#include "apps/link/report_file.h"
#include "apps/wire/signalling_message.h"

namespace ball {

// What the servers say about this client's sessions: kept, shown, and held against what is
// required. Main thread only.
class Score {
 public:
  struct Settings {
    // Path, empty for none.
    std::string report;
    bool table = false;
    std::vector<Requirement> requirements;

    // Whether servers are asked for reports at all.
    bool wanted() const { return table || !report.empty() || !requirements.empty(); }
  };

  // `on_note` takes a line for the user.
  Score(Settings settings, std::function<void(const std::string&)> on_note);

  // Tries that the report can be written: an empty text, or what failed.
  std::string Open() const { return file_.Try(); }
  bool wanted() const { return settings_.wanted(); }

  // A connection to a server begins.
  void Begin();
  // The session of that connection, which streamed, is over; nothing where no report came.
  void Add(const std::optional<ReportMessage>& message);
  // The exit code of a program that would exit with `code`: what is required is required of the
  // last session.
  ExitCode Finish(ExitCode code);

 private:
  Report MakeReport() const;
  bool Write();
  ExitCode Judge() const;

  const Settings settings_;
  const std::function<void(const std::string&)> on_note_;
  const ReportFile file_;
  const std::chrono::steady_clock::time_point started_;
  const std::string started_date_;
  std::chrono::steady_clock::time_point connected_;
  VideoDescription video_;
  std::vector<SessionReport> sessions_;
  // Whether the last session came with a report.
  bool scored_ = false;
};

}  // namespace ball
