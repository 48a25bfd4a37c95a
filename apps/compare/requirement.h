// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/compare/report.h"

namespace ball {

// What a session's report must say: a number of it, an operator and a limit, as in
//
//   matched>=290    loop_ms.p99 <= 50    matched_error_px.rms<=0.5    messages.duplicate==0
//
// The numbers have the names of the report: the path to them within a session, joined by points.
// "frames." and "messages." may be left out; a name that both have is then that of the frames.
struct Requirement {
  enum class Operator { kLess, kAtMost, kEqual, kAtLeast, kMore };

  std::string text;  // as it was written, without the blanks around it
  std::string path;  // in full: "frames.matched"
  Operator comparison = Operator::kAtLeast;
  double limit = 0;
};

struct ParsedRequirements {
  std::vector<Requirement> requirements;
  // Empty, or what is wrong, in a sentence; then there are no requirements.
  std::string error;
};

ParsedRequirements ParseRequirement(std::string_view text);

// One requirement a line; what follows a '#' is a comment. An error names the line.
ParsedRequirements ParseRequirementLines(std::string_view text);

// Nothing where the session meets the requirement, else a sentence that tells its value. A number
// that the report does not have (null) meets none.
std::optional<std::string> Unmet(const Requirement& requirement, const SessionReport& session);

}  // namespace ball
