// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/network/impairment.h"

#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace ball {
namespace {

using Duration = Impairment::Duration;

// One setting's numbers, one or two of them.
struct Values {
  double first = 0;
  double second = 0;
};

struct Setting {
  std::string_view name;
  // What stands behind the name.
  std::string_view shape;
  size_t values;
  // Of the first value, and where there is a second one of that.
  double most;
  double least = 0;
  void (*apply)(Impairment& impairment, const Values& values);
};

Duration Milliseconds(double value) { return Duration(std::llround(value * 1e6)); }
Duration Seconds(double value) { return Milliseconds(value * 1000); }

constexpr double kPercent = 100;
constexpr double kMinute = 60'000;

constexpr std::array<Setting, 9> kSettings{{
    {"loss", "PERCENT", 1, kPercent, 0,
     [](Impairment& i, const Values& v) { i.loss = v.first / 100; }},
    {"burst", "PACKETS", 1, 1000, 1, [](Impairment& i, const Values& v) { i.burst = v.first; }},
    {"delay", "MS", 1, kMinute, 0,
     [](Impairment& i, const Values& v) { i.delay = Milliseconds(v.first); }},
    {"jitter", "MS", 1, kMinute, 0,
     [](Impairment& i, const Values& v) { i.jitter = Milliseconds(v.first); }},
    {"reorder", "PERCENT:MS", 2, kPercent, 0,
     [](Impairment& i, const Values& v) {
       i.reorder = v.first / 100;
       i.reorder_by = Milliseconds(v.second);
     }},
    {"duplicate", "PERCENT", 1, kPercent, 0,
     [](Impairment& i, const Values& v) { i.duplicate = v.first / 100; }},
    {"rate", "KBIT/S", 1, 1e7, 1, [](Impairment& i, const Values& v) { i.rate = v.first * 1000; }},
    {"queue", "MS", 1, kMinute, 0,
     [](Impairment& i, const Values& v) { i.queue = Milliseconds(v.first); }},
    {"blackout", "START_S:LENGTH_S", 2, 1e6, 0,
     [](Impairment& i, const Values& v) {
       i.blackout = Impairment::Blackout{Seconds(v.first), Seconds(v.second)};
     }},
}};

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t end = text.find(separator); end != std::string_view::npos;
       end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

std::optional<double> Number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

std::optional<Values> ValuesOf(const Setting& setting, std::string_view text) {
  const std::vector<std::string_view> parts = Split(text, ':');
  if (parts.size() != setting.values) return {};
  const std::optional<double> first = Number(parts.front());
  const std::optional<double> second = Number(parts.back());
  if (!first || !second || *first < setting.least || *first > setting.most) return {};
  if (parts.size() == 2 && (*second < 0 || *second > kMinute)) return {};
  return Values{*first, *second};
}

const Setting* Find(std::string_view name) {
  for (const Setting& setting : kSettings) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

// What is wrong with one setting, or nothing where it was applied.
std::string Apply(std::string_view text, Impairment& impairment) {
  const size_t equals = text.find('=');
  const Setting* setting = Find(text.substr(0, equals));
  if (setting == nullptr) {
    std::string names;
    for (const Setting& known : kSettings)
      names.append(names.empty() ? "" : ", ").append(known.name);
    return std::string("there is no setting '")
        .append(text.substr(0, equals))
        .append("': take one of ")
        .append(names);
  }
  const std::string_view value = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  const std::optional<Values> values = ValuesOf(*setting, value);
  if (!values) {
    return std::string("'")
        .append(text)
        .append("' cannot be read: it must be ")
        .append(setting->name)
        .append("=")
        .append(setting->shape);
  }
  setting->apply(impairment, *values);
  return {};
}

}  // namespace

ParsedImpairment ParseImpairment(std::string_view text) {
  Impairment impairment;
  if (text.empty()) return {impairment, {}};
  for (const std::string_view part : Split(text, ',')) {
    if (std::string error = Apply(part, impairment); !error.empty()) return {{}, std::move(error)};
  }
  // Between two bursts at least one packet comes, so that short ones cannot add up to a high loss.
  if (impairment.burst > 1 && impairment.loss * (1 + impairment.burst) > impairment.burst) {
    return {{}, "so high a loss needs a longer burst, or none"};
  }
  return {impairment, {}};
}

}  // namespace ball
