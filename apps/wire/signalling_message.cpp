// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/signalling_message.h"

#include <utility>

#include "apps/wire/json_fields.h"
#include "apps/wire/json_value.h"
#include "apps/wire/json_writer.h"

namespace ball {
namespace {

// A message of type T whose only member is a text.
template <typename T>
std::optional<SignallingMessage> WithText(std::optional<std::string> text) {
  if (!text) {
    return std::nullopt;
  }
  return T{*std::move(text)};
}

std::optional<SignallingMessage> ParseCandidate(json::Fields& fields) {
  auto candidate = fields.Text("candidate");
  auto mid = fields.Text("id");
  const auto m_line = fields.Integer("label", 0, kMaxMLine);
  if (!fields.Good() || !candidate || !m_line) {
    return std::nullopt;
  }
  return Candidate{*std::move(candidate), std::move(mid).value_or(""), static_cast<int>(*m_line)};
}

std::optional<SignallingMessage> ParseHello(json::Fields& fields) {
  auto token = fields.Text("token");
  const auto report = fields.Bool("report");
  const auto truth = fields.Bool("truth");
  if (!fields.Good() || (!token && !report && !truth)) {
    return std::nullopt;
  }
  return Hello{std::move(token).value_or(""), report.value_or(false), truth.value_or(false)};
}

std::optional<SignallingMessage> ParseError(json::Fields& fields) {
  auto message = fields.Text("message");
  const auto retry = fields.Bool("retry");
  if (!fields.Good() || !message) {
    return std::nullopt;
  }
  return ErrorMessage{*std::move(message), retry.value_or(false)};
}

std::optional<SignallingMessage> ParseReport(json::Fields& fields) {
  const json::Object* report = fields.Nested("report");
  const json::Object* video = fields.Nested("video");
  if (!fields.Good() || report == nullptr) {
    return std::nullopt;
  }
  return ReportMessage{*report, video != nullptr ? *video : json::Object{}};
}

std::optional<SignallingMessage> ParseStatus(json::Fields& fields) {
  const auto ready = fields.Bool("ready");
  const auto live = fields.Bool("live");
  const auto sessions = fields.Integer("sessions", 0, kMaxStatusCount);
  const auto max_sessions = fields.Integer("max_sessions", 0, kMaxStatusCount);
  const auto cut_off = fields.Integer("cut_off", 0, kMaxStatusCount);
  if (!fields.Good() || !ready || !live || !sessions || !max_sessions) {
    return std::nullopt;
  }
  return Status{*ready, *live, static_cast<int>(*sessions), static_cast<int>(*max_sessions),
                static_cast<int>(cut_off.value_or(0))};
}

// What only a program of ours says.
std::optional<SignallingMessage> ParseOwnKinds(const std::string& type, json::Fields& fields) {
  if (type == "hello") {
    return ParseHello(fields);
  }
  if (type == "error") {
    return ParseError(fields);
  }
  if (type == "report") {
    return ParseReport(fields);
  }
  if (type == "check") {
    return Check{};
  }
  if (type == "status") {
    return ParseStatus(fields);
  }
  return std::nullopt;
}

std::optional<SignallingMessage> ParseFields(json::Fields& fields) {
  const std::string type = fields.Text("type").value_or("");
  if (type == "offer") {
    return WithText<Offer>(fields.Text("sdp"));
  }
  if (type == "answer") {
    return WithText<Answer>(fields.Text("sdp"));
  }
  if (type == "candidate") {
    return ParseCandidate(fields);
  }
  if (type == "bye") {
    return Bye{};
  }
  return ParseOwnKinds(type, fields);
}

// The members of each type, in the order of their names.
class MemberWriter {
 public:
  explicit MemberWriter(json::Writer& out) : out_(out) {}

  void operator()(const Hello& hello) {
    if (hello.report) {
      out_.Key("report").Bool(true);
    }
    // Even an empty one: a server that knows no reports wants the member.
    Member("token", hello.token);
    if (hello.truth) {
      out_.Key("truth").Bool(true);
    }
    Member("type", "hello");
  }
  void operator()(const Offer& offer) {
    Member("sdp", offer.sdp);
    Member("type", "offer");
  }
  void operator()(const Answer& answer) {
    Member("sdp", answer.sdp);
    Member("type", "answer");
  }
  void operator()(const Candidate& candidate) {
    Member("candidate", candidate.candidate);
    Member("id", candidate.mid);
    out_.Key("label").Integer(candidate.m_line);
    Member("type", "candidate");
  }
  void operator()(const Bye&) { Member("type", "bye"); }
  void operator()(const ErrorMessage& error) {
    Member("message", error.message);
    if (error.retry) {
      out_.Key("retry").Bool(true);
    }
    Member("type", "error");
  }
  void operator()(const ReportMessage& message) {
    out_.Key("report").Any(json::Value{message.report});
    Member("type", "report");
    if (!message.video.empty()) {
      out_.Key("video").Any(json::Value{message.video});
    }
  }
  void operator()(const Check&) { Member("type", "check"); }
  void operator()(const Status& status) {
    out_.Key("cut_off").Integer(status.cut_off);
    out_.Key("live").Bool(status.live);
    out_.Key("max_sessions").Integer(status.max_sessions);
    out_.Key("ready").Bool(status.ready);
    out_.Key("sessions").Integer(status.sessions);
    Member("type", "status");
  }

 private:
  void Member(std::string_view key, std::string_view value) { out_.Key(key).Text(value); }

  json::Writer& out_;
};

}  // namespace

std::optional<SignallingMessage> ParseSignallingMessage(std::string_view line) {
  if (line.size() > kMaxSignallingLine) {
    return std::nullopt;
  }
  const std::optional<json::Value> value = json::Parse(line);
  const auto* object = value ? std::get_if<json::Object>(&value->data) : nullptr;
  if (object == nullptr) {
    return std::nullopt;
  }
  json::Fields fields(*object);
  return ParseFields(fields);
}

std::string WhyNoSignallingMessage(std::string_view line) {
  if (line.size() > kMaxSignallingLine) {
    return "it is too long";
  }
  const std::optional<json::Value> value = json::Parse(line);
  if (!value) {
    return json::WhyRefused(line);
  }
  const auto* object = std::get_if<json::Object>(&value->data);
  if (object == nullptr) {
    return "it is no JSON object";
  }
  json::Fields fields(*object);
  if (ParseFields(fields)) {
    return "";
  }
  return fields.Good() ? "its type is unknown, or a member that this type needs is not there"
                       : "its " + std::string(fields.Wrong()) + " has the wrong type or range";
}

std::string SerializeSignallingMessage(const SignallingMessage& message) {
  json::Writer out(json::Writer::Style::kSpaced);
  out.BeginObject();
  std::visit(MemberWriter(out), message);
  out.EndObject();
  return out.Result();
}

}  // namespace ball
