// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/score_options.h"

#include <utility>

#include "apps/link/text_file.h"

namespace ball {
namespace {

constexpr size_t kMaxRequireFile = 64 * size_t{1024};

using Requirements = std::vector<Requirement>;

std::optional<ScoreError> Append(ParsedRequirements parsed, const std::string& where,
                                 Requirements* all) {
  if (!parsed.error.empty()) {
    return ScoreError{ExitCode::kUsage, where + ": " + parsed.error + "; see client-app --help"};
  }
  for (Requirement& one : parsed.requirements) all->push_back(std::move(one));
  return std::nullopt;
}

std::optional<ScoreError> AppendFile(const std::string& path, Requirements* all) {
  const TextFile file = ReadTextFile(path, kMaxRequireFile);
  if (!file.error.empty()) {
    return ScoreError{ExitCode::kFailure, "cannot read the requirements from " + path + " (" +
                                              file.error +
                                              "): give --require-file a file that you can read"};
  }
  return Append(ParseRequirementLines(file.text), "--require-file " + path, all);
}

}  // namespace

std::vector<GOptionEntry> ScoreEntries(RawScoreOptions* raw) {
  return {
      {"report", 0, 0, G_OPTION_ARG_FILENAME, &raw->report,
       "Write what the server reports of each session there, as JSON (default: none)", "FILE"},
      {"print", 0, 0, G_OPTION_ARG_STRING, &raw->print,
       "table: print each session's table at its end; none (default: none, table with --report or "
       "--require)",
       "table|none"},
      {"require", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->requirements,
       "A number of the report, < <= == >= or >, and a limit: 'matched>=290', 'loop_ms.p99<=50'; "
       "may be given again; exit code 6 if the last session does not meet all (default: none)",
       "EXPRESSION"},
      {"require-file", 0, 0, G_OPTION_ARG_FILENAME, &raw->require_file,
       "The same from a file, one a line, # begins a comment (default: none)", "FILE"},
      {}};
}

std::optional<ScoreError> ToScoreSettings(RawScoreOptions* raw, Score::Settings* settings) {
  const OwnedString report(std::exchange(raw->report, nullptr));
  const OwnedString print(std::exchange(raw->print, nullptr));
  const Owned<char*> requirements(std::exchange(raw->requirements, nullptr));
  const OwnedString file(std::exchange(raw->require_file, nullptr));
  if (report) settings->report = report.get();
  for (char** one = requirements.get(); one != nullptr && *one != nullptr; ++one) {
    if (auto error = Append(ParseRequirement(*one), "--require", &settings->requirements)) {
      return error;
    }
  }
  if (file) {
    if (auto error = AppendFile(file.get(), &settings->requirements)) return error;
  }
  const std::string shown = print ? print.get() : settings->wanted() ? "table" : "none";
  if (shown != "table" && shown != "none") {
    return ScoreError{ExitCode::kUsage, "--print takes table or none; see client-app --help"};
  }
  settings->table = shown == "table";
  return std::nullopt;
}

}  // namespace ball
