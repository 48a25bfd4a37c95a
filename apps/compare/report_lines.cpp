// SPDX-License-Identifier: LGPL-2.1-or-later
#include <chrono>
#include <initializer_list>
#include <string_view>

#include "apps/compare/report.h"
#include "apps/wire/number_text.h"

namespace ball {
namespace {

constexpr int kDecimals = 3;

std::string Joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) {
    text += part;
  }
  return text;
}

std::string Quantity(const std::optional<double>& value, std::string_view unit) {
  return value ? Joined({FixedNumber(*value, kDecimals), " ", unit}) : "-";
}

std::string Place(double x, double y) {
  return Joined({"(", FixedNumber(x, kDecimals), ", ", FixedNumber(y, kDecimals), ")"});
}

bool KnowsFrame(Verdict::Kind kind) {
  return kind != Verdict::Kind::kUnknown && kind != Verdict::Kind::kUnidentified;
}

std::string Truth(const Verdict& verdict) {
  if (verdict.truth) {
    return Place(verdict.truth->x, verdict.truth->y);
  }
  return KnowsFrame(verdict.kind) ? "no ball" : "-";
}

}  // namespace

std::string SessionLiveLine(int id, const LedgerTotals& totals) {
  const FrameCounts& frames = totals.frames;
  const MessageCounts& messages = totals.messages;
  std::string line =
      Joined({"session ", std::to_string(id), ": sent ", std::to_string(frames.sent), ", matched ",
              std::to_string(frames.matched), ", not found ", std::to_string(frames.not_found),
              ", late ", std::to_string(frames.late), ", lost ", std::to_string(frames.lost),
              ", waiting ", std::to_string(frames.pending)});
  // Rarely there, and worth a look when they are.
  const size_t others =
      messages.duplicate + messages.unknown + messages.unidentified + messages.malformed;
  if (others > 0) {
    line += Joined({", other messages ", std::to_string(others)});
  }
  line += Joined({" | error ", Quantity(totals.recent_matched_error, "px"), " | loop ",
                  Quantity(totals.recent_loop, "ms")});
  return line;
}

std::string CoordinateLine(int id, const CoordinateMessage& message, const Verdict& verdict) {
  const std::string rtp =
      message.rtp_timestamp ? std::to_string(message.rtp_timestamp->value) : "-";
  std::optional<double> loop;
  if (verdict.loop) {
    loop = std::chrono::duration<double, std::milli>(*verdict.loop).count();
  }
  return Joined({"session ", std::to_string(id), "  rtp ", rtp, "  found ",
                 message.found ? Place(message.x, message.y) : "no ball", "  truth ",
                 Truth(verdict), "  error ", Quantity(verdict.matched_error, "px"), "  loop ",
                 Quantity(loop, "ms"), "  ", ToString(verdict.kind)});
}

}  // namespace ball
