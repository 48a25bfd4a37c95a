// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/frame_record.h"

namespace ball {

std::string_view ToString(Fate fate) {
  switch (fate) {
    case Fate::kMatched:
      return "matched";
    case Fate::kNotFound:
      return "not_found";
    case Fate::kLate:
      return "late";
    case Fate::kLost:
      return "lost";
  }
  return "?";
}

std::string_view ToString(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::kMatched:
      return "matched";
    case Verdict::Kind::kNotFound:
      return "not_found";
    case Verdict::Kind::kLate:
      return "late";
    case Verdict::Kind::kDuplicate:
      return "duplicate";
    case Verdict::Kind::kUnknown:
      return "unknown";
    case Verdict::Kind::kUnidentified:
      return "unidentified";
  }
  return "?";
}

}  // namespace ball
