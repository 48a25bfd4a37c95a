// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/coordinate_message.h"

#include <algorithm>

#include "apps/wire/json_fields.h"
#include "apps/wire/json_value.h"
#include "apps/wire/json_writer.h"
#include "apps/wire/number_text.h"

namespace ball {
namespace {

using std::chrono::microseconds;

constexpr int kDecimals = 3;
constexpr double kSmallestRadius = 0.001;  // px; what kDecimals can still tell from 0

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

std::optional<double> ParseCoordinate(std::string_view text) {
  const std::optional<double> value = ParseNumber(Trimmed(text));
  const bool in_range = value && *value >= -kMaxCoordinate && *value <= kMaxCoordinate;
  return in_range ? value : std::nullopt;
}

// "x,y"
std::optional<CoordinateMessage> ParsePair(std::string_view text) {
  const size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    return std::nullopt;
  }
  const auto x = ParseCoordinate(text.substr(0, comma));
  const auto y = ParseCoordinate(text.substr(comma + 1));
  if (!x || !y) {
    return std::nullopt;
  }
  CoordinateMessage message;
  message.found = true;
  message.x = *x;
  message.y = *y;
  return message;
}

std::optional<StageTimes> ParseStages(const json::Object& object) {
  json::Fields fields(object);
  const auto time = [&fields](std::string_view key) {
    return fields.Integer(key, 0, kMaxStageTime.count());
  };
  const auto decoded = time("decoded");
  const auto handed_over = time("handed_over");
  const auto located = time("located");
  const auto sent = time("sent");
  const bool complete = decoded && handed_over && located && sent;
  if (!complete || *decoded > *handed_over || *handed_over > *located || *located > *sent) {
    return std::nullopt;
  }
  return StageTimes{microseconds(*decoded), microseconds(*handed_over), microseconds(*located),
                    microseconds(*sent)};
}

bool ReadPosition(json::Fields& fields, CoordinateMessage& message) {
  const auto found = fields.Bool("found");
  const auto x = fields.Real("x", -kMaxCoordinate, kMaxCoordinate);
  const auto y = fields.Real("y", -kMaxCoordinate, kMaxCoordinate);
  message.found = found.value_or(true);
  if (message.found) {
    message.x = x.value_or(0);
    message.y = y.value_or(0);
  }
  return !message.found || (x && y);
}

bool ReadTimes(json::Fields& fields, CoordinateMessage& message) {
  if (const auto arrived = fields.Integer("arrived_us", 0, kMaxPeerClock.count())) {
    message.arrived = microseconds(*arrived);
  }
  const json::Object* stages = fields.Nested("stages_us");
  if (stages != nullptr) {
    message.stages = ParseStages(*stages);
  }
  return stages == nullptr || message.stages;
}

std::optional<CoordinateMessage> ParseObject(const json::Object& object) {
  json::Fields fields(object);
  CoordinateMessage message;
  if (const auto rtp = fields.Integer("rtp_timestamp", 0, UINT32_MAX)) {
    message.rtp_timestamp = RtpTimestamp{static_cast<uint32_t>(*rtp)};
  }
  const bool position = ReadPosition(fields, message);
  message.radius = fields.Real("radius", 0, kMaxCoordinate);
  message.confidence = fields.Real("confidence", 0, 1);
  const bool times = ReadTimes(fields, message);
  if (!fields.Good() || !position || !times || message.radius == 0.0) {
    return std::nullopt;
  }
  return message;
}

void WriteStages(const StageTimes& stages, json::Writer& out) {
  out.Key("stages_us").BeginObject();
  out.Key("decoded").Integer(stages.decoded.count());
  out.Key("handed_over").Integer(stages.handed_over.count());
  out.Key("located").Integer(stages.located.count());
  out.Key("sent").Integer(stages.sent.count());
  out.EndObject();
}

}  // namespace

std::optional<CoordinateMessage> ParseCoordinateMessage(std::string_view text) {
  if (text.size() > kMaxCoordinateMessage) {
    return std::nullopt;
  }
  const std::optional<json::Value> value = json::Parse(text);
  if (!value) {
    return ParsePair(text);
  }
  const auto* object = std::get_if<json::Object>(&value->data);
  return object != nullptr ? ParseObject(*object) : std::nullopt;
}

std::string SerializeCoordinateMessage(const CoordinateMessage& message) {
  json::Writer out(json::Writer::Style::kCompact);
  out.BeginObject();
  if (message.rtp_timestamp) {
    out.Key("rtp_timestamp").Integer(message.rtp_timestamp->value);
  }
  out.Key("found").Bool(message.found);
  if (message.found) {
    out.Key("x").Real(message.x, kDecimals).Key("y").Real(message.y, kDecimals);
  }
  if (message.radius) {
    // A radius of 0 would be refused.
    out.Key("radius").Real(std::max(*message.radius, kSmallestRadius), kDecimals);
  }
  if (message.confidence) {
    out.Key("confidence").Real(message.confidence, kDecimals);
  }
  if (message.arrived) {
    out.Key("arrived_us").Integer(message.arrived->count());
  }
  if (message.stages) {
    WriteStages(*message.stages, out);
  }
  out.EndObject();
  return out.Result();
}

}  // namespace ball
