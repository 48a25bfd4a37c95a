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

std::optional<SignallingMessage> ParseFields(json::Fields& fields) {
  const std::string type = fields.Text("type").value_or("");
  if (type == "hello") {
    return WithText<Hello>(fields.Text("token"));
  }
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
  if (type == "error") {
    return WithText<ErrorMessage>(fields.Text("message"));
  }
  return std::nullopt;
}

// The members of each type, in the order of their names.
class MemberWriter {
 public:
  explicit MemberWriter(json::Writer& out) : out_(out) {}

  void operator()(const Hello& hello) {
    Member("token", hello.token);
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
    Member("type", "error");
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

std::string SerializeSignallingMessage(const SignallingMessage& message) {
  json::Writer out(json::Writer::Style::kSpaced);
  out.BeginObject();
  std::visit(MemberWriter(out), message);
  out.EndObject();
  return out.Result();
}

}  // namespace ball
