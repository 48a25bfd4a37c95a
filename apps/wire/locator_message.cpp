// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/locator_message.h"

#include <algorithm>
#include <cstdint>

#include "apps/wire/coordinate_message.h"
#include "apps/wire/json_fields.h"
#include "apps/wire/json_value.h"
#include "apps/wire/json_writer.h"

namespace ball {
namespace {

using std::chrono::microseconds;

constexpr int kDecimals = 3;
constexpr double kSmallestRadius = 0.001;  // px; what kDecimals can still tell from 0

bool ReadBall(json::Fields& fields, LocatorMessage& message) {
  const auto x = fields.Real("x", -kMaxCoordinate, kMaxCoordinate);
  const auto y = fields.Real("y", -kMaxCoordinate, kMaxCoordinate);
  const auto radius = fields.Real("radius", 0, kMaxCoordinate);
  const auto confidence = fields.Real("confidence", 0, 1);
  if (!message.found) {
    return true;
  }
  message.x = x.value_or(0);
  message.y = y.value_or(0);
  message.radius = radius.value_or(0);
  message.confidence = confidence.value_or(0);
  return x && y && message.radius > 0 && confidence;
}

bool ReadTimes(json::Fields& fields, LocatorMessage& message) {
  const auto received = fields.Integer("received_us", 0, kMaxPeerClock.count());
  const auto located = fields.Integer("located_us", 0, kMaxPeerClock.count());
  message.received = microseconds(received.value_or(0));
  message.located = microseconds(located.value_or(0));
  return received && located && *received <= *located;
}

std::optional<LocatorLine> ParseMessage(json::Fields& fields) {
  LocatorMessage message;
  if (const auto rtp = fields.Integer("rtp_timestamp", 0, UINT32_MAX)) {
    message.rtp_timestamp = RtpTimestamp{static_cast<uint32_t>(*rtp)};
  }
  const auto found = fields.Bool("found");
  message.found = found.value_or(false);
  const bool ball = ReadBall(fields, message);
  const bool times = ReadTimes(fields, message);
  if (!fields.Good() || !found || !ball || !times) {
    return std::nullopt;
  }
  return message;
}

std::string Serialize(const LocatorMessage& message) {
  json::Writer out(json::Writer::Style::kCompact);
  out.BeginObject();
  if (message.rtp_timestamp) {
    out.Key("rtp_timestamp").Integer(message.rtp_timestamp->value);
  }
  out.Key("found").Bool(message.found);
  if (message.found) {
    out.Key("x").Real(message.x, kDecimals).Key("y").Real(message.y, kDecimals);
    // A radius of 0 would be refused.
    out.Key("radius").Real(std::max(message.radius, kSmallestRadius), kDecimals);
    out.Key("confidence").Real(message.confidence, kDecimals);
  }
  out.Key("received_us").Integer(message.received.count());
  out.Key("located_us").Integer(message.located.count());
  out.EndObject();
  return out.Result();
}

}  // namespace

std::optional<LocatorLine> ParseLocatorLine(std::string_view line) {
  if (line.size() > kMaxLocatorLine) {
    return std::nullopt;
  }
  const std::optional<json::Value> value = json::Parse(line);
  const auto* object = value ? std::get_if<json::Object>(&value->data) : nullptr;
  if (object == nullptr) {
    return std::nullopt;
  }
  json::Fields fields(*object);
  const auto ready = fields.Bool("ready");
  if (ready == true) {
    return LocatorReady{};
  }
  return ParseMessage(fields);
}

std::string SerializeLocatorLine(const LocatorLine& line) {
  const auto* message = std::get_if<LocatorMessage>(&line);
  return message != nullptr ? Serialize(*message) : R"({"ready":true})";
}

}  // namespace ball
