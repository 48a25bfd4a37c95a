// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/score.h"

#include <iostream>
#include <utility>

namespace ball {

using std::chrono::steady_clock;

Score::Score(Settings settings, std::function<void(const std::string&)> on_note)
    : settings_(std::move(settings)),
      on_note_(std::move(on_note)),
      file_(settings_.report),
      started_(steady_clock::now()),
      started_date_(ReportDate()),
      connected_(started_) {}

void Score::Begin() { connected_ = steady_clock::now(); }

void Score::Add(const std::optional<ReportMessage>& message) {
  if (!wanted()) return;
  auto session = message ? ParseSessionReport(message->report) : std::nullopt;
  scored_ = session.has_value();
  if (!session) {
    return on_note_(message
                        ? "the server's report cannot be read"
                        : "no report came from the server: it went away, or it knows no reports");
  }
  session->connected = connected_ - started_;
  if (settings_.table) std::cout << "\n" << ReportTable(*session) << std::flush;
  video_ = ParseVideoDescription(message->video);
  sessions_.push_back(*std::move(session));
  // Now, for whoever kills this program before its end.
  Write();
}

ExitCode Score::Finish(ExitCode code) {
  if (!wanted()) return code;
  if (!Write()) return ExitCode::kFailure;
  return code == ExitCode::kSuccess ? Judge() : code;
}

ExitCode Score::Judge() const {
  if (!scored_) {
    if (sessions_.empty()) on_note_("nothing was scored: no session came to its end with a report");
    return ExitCode::kConnectionLost;
  }
  ExitCode code = ExitCode::kSuccess;
  for (const Requirement& requirement : settings_.requirements) {
    if (const auto unmet = Unmet(requirement, sessions_.back())) {
      on_note_(*unmet);
      code = ExitCode::kBelowRequired;
    }
  }
  return code;
}

bool Score::Write() {
  const std::string error = file_.Write(ReportJson(MakeReport()));
  if (!error.empty()) on_note_(error);
  return error.empty();
}

Report Score::MakeReport() const {
  return {BALL_VERSION, started_date_, steady_clock::now() - started_, video_, sessions_};
}

}  // namespace ball
