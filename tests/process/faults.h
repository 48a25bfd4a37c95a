// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {

// A loop that something happens to. Its server tells every coordinate and writes report and CSV,
// which must be whole after whatever happened.
class FaultTest : public ProgramTest {
 protected:
  // "--print each --report report.json --csv frames.csv" and `more`.
  Arguments Reporting(const Arguments& more = {}) const;
  std::unique_ptr<Server> StartReporting(const Arguments& more = {}) {
    return StartServer(Reporting(more));
  }

  // Whether frames are matched again. What was answered before may still be under way, a frame or
  // two.
  static bool MatchingGoesOn(Server& server);
  // Ends the client with its session, and the server.
  static void ExpectEnds(Child& client, Server& server);

  ReportReader Report() const { return ReportReader(Path("report.json")); }
  // Of the first session.
  double Frames(const std::string& fate) const {
    return Report().Number("sessions.0.frames." + fate).value_or(-1);
  }
  void ExpectWholeReports() const { ExpectWhole(Path("report.json"), Path("frames.csv")); }
};

// A program of the test's own in a file.
void WriteScript(const std::string& path, const std::string& text);

// A file's bytes; empty where there is none.
std::string Contents(const std::string& path);

// Stops those processes for so long, all at once.
void StopFor(std::chrono::milliseconds time, const std::vector<pid_t>& pids);

// Whether it comes true before patience ends: for what nothing tells.
bool AwaitTrue(const std::function<bool()>& condition);

}  // namespace ball
