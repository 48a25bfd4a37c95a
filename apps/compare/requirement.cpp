// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/compare/requirement.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "apps/wire/number_text.h"

namespace ball {
namespace {

using Operator = Requirement::Operator;

// The longer ones first, so that "<=" is not read as "<".
constexpr std::array<std::pair<std::string_view, Operator>, 5> kOperators = {
    {{"<=", Operator::kAtMost},
     {">=", Operator::kAtLeast},
     {"==", Operator::kEqual},
     {"<", Operator::kLess},
     {">", Operator::kMore}}};

// What may be left out in front of a name, in this order.
constexpr std::array<std::string_view, 3> kPrefixes = {"", "frames.", "messages."};

constexpr size_t kMaxQuoted = 80;

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// Fit for a terminal, whatever stands in a file.
std::string Quoted(std::string_view text) {
  std::string quoted(text.substr(0, kMaxQuoted));
  std::replace_if(
      quoted.begin(), quoted.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return "'" + quoted + "'";
}

// What stands at a path of a session's report, or null.
const json::Value* Find(const json::Value& session, std::string_view path) {
  const json::Value* value = &session;
  while (value != nullptr && !path.empty()) {
    const std::string_view step = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), step.size() + 1));
    const auto* object = std::get_if<json::Object>(&value->data);
    if (object == nullptr) {
      return nullptr;
    }
    const auto member = std::find_if(object->begin(), object->end(),
                                     [step](const auto& other) { return other.key == step; });
    value = member == object->end() ? nullptr : &member->value;
  }
  return value;
}

// As a report writes it: the names are written nowhere else.
json::Value AsJson(const SessionReport& session) {
  return json::Parse(SessionJson(session)).value_or(json::Value{});
}

// The full path of a number, empty where the report has none of that name.
std::string PathOf(std::string_view name) {
  static const json::Value any = AsJson({});
  if (name.empty() || name.back() == '.') {
    return {};
  }
  for (const std::string_view prefix : kPrefixes) {
    std::string path = std::string(prefix) + std::string(name);
    const json::Value* value = Find(any, path);
    if (value != nullptr && (std::holds_alternative<json::Number>(value->data) ||
                             std::holds_alternative<json::Null>(value->data))) {
      return path;
    }
  }
  return {};
}

bool Holds(double value, Operator comparison, double limit) {
  switch (comparison) {
    case Operator::kLess:
      return value < limit;
    case Operator::kAtMost:
      return value <= limit;
    case Operator::kEqual:
      return value == limit;
    case Operator::kAtLeast:
      return value >= limit;
    case Operator::kMore:
      return value > limit;
  }
  return false;
}

}  // namespace

ParsedRequirements ParseRequirement(std::string_view text) {
  const std::string_view whole = Trimmed(text);
  const size_t at = std::min(whole.find_first_of("<>="), whole.size());
  const auto* const found =
      std::find_if(kOperators.begin(), kOperators.end(), [&](const auto& candidate) {
        return whole.substr(at, candidate.first.size()) == candidate.first;
      });
  const std::string_view name = Trimmed(whole.substr(0, at));
  if (found == kOperators.end() || name.empty()) {
    return {{}, Quoted(whole) + " is not NAME, one of < <= == >= >, and NUMBER"};
  }
  const std::string_view number = Trimmed(whole.substr(at + found->first.size()));
  const auto limit = ParseNumber(number);
  if (!limit) {
    return {{}, Quoted(number) + " in " + Quoted(whole) + " is no number"};
  }
  const std::string path = PathOf(name);
  if (path.empty()) {
    return {{},
            "a report has no number " + Quoted(name) +
                ": it has such as frames.lost, loop_ms.p99 and matched_error_px.rms"};
  }
  return {{{std::string(whole), path, found->second, *limit}}, ""};
}

ParsedRequirements ParseRequirementLines(std::string_view text) {
  ParsedRequirements all;
  for (int line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view content = text.substr(0, std::min(end, text.find('#')));
    text.remove_prefix(std::min(text.size(), end + 1));
    if (Trimmed(content).empty()) {
      continue;
    }
    ParsedRequirements one = ParseRequirement(content);
    if (!one.error.empty()) {
      return {{}, "line " + std::to_string(line) + ": " + one.error};
    }
    all.requirements.push_back(std::move(one.requirements.front()));
  }
  return all;
}

std::optional<std::string> Unmet(const Requirement& requirement, const SessionReport& session) {
  constexpr int kDecimals = 4;  // as in the report
  const json::Value report = AsJson(session);
  const json::Value* value = Find(report, requirement.path);
  const auto* number = value == nullptr ? nullptr : std::get_if<json::Number>(&value->data);
  if (number == nullptr) {
    return "required " + requirement.text + ", but " + requirement.path + " was not measured";
  }
  if (Holds(number->value, requirement.comparison, requirement.limit)) {
    return std::nullopt;
  }
  return "required " + requirement.text + ", but " + requirement.path + " is " +
         ShortNumber(number->value, kDecimals);
}

}  // namespace ball
