// SPDX-License-Identifier: LGPL-2.1-or-later
// What a server tells a client of its session, and what the client requires of it. Before the first
// zero byte: the session; behind it: requirements, a line each.
#include "apps/compare/report.h"
#include "apps/compare/requirement.h"
#include "tests/fuzz/fuzz_target.h"

namespace ball {
namespace {

void RequirePrintable(const std::string& text) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    Require(IsPrintableAscii(std::string_view(text).substr(begin, end - begin)),
            "the table is printable ASCII");
    begin = end + 1;
  }
}

std::optional<SessionReport> Read(std::string_view text) {
  const auto value = json::Parse(text);
  const auto* object = value ? std::get_if<json::Object>(&value->data) : nullptr;
  if (object == nullptr) return {};
  VideoJson(ParseVideoDescription(*object));
  return ParseSessionReport(*object);
}

}  // namespace
}  // namespace ball

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ball;
  const std::string_view text = Text(data, size);
  const std::string_view first = text.substr(0, text.find('\0'));
  const auto session = Read(first);
  const std::string_view rest = text.substr(std::min(first.size() + 1, text.size()));
  const ParsedRequirements parsed = ParseRequirementLines(rest);
  Require(parsed.error.empty() || parsed.requirements.empty(), "it is one or the other");
  if (!session) return 0;
  for (const Requirement& requirement : parsed.requirements) Unmet(requirement, *session);
  RequirePrintable(ReportTable(*session));
  const std::string json = SessionJson(*session);
  Require(IsPrintableAscii(json), "a session is a line of ASCII");
  const auto again = Read(json);
  Require(again.has_value(), "what was written can be read");
  Require(SessionJson(*again) == json, "it is written the same again");
  return 0;
}
