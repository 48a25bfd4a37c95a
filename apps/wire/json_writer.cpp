// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/json_writer.h"

#include <cmath>

#include "apps/wire/number_text.h"
#include "apps/wire/utf8.h"

namespace ball::json {
namespace {

// As many as FixedNumber takes.
constexpr int kMostDecimals = 15;

void AppendUnit(char32_t unit, std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  text += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) {
    text += kDigits[unit >> shift & 0xf];
  }
}

void AppendEscaped(char32_t code, std::string& text) {
  constexpr std::u32string_view kSpecial = U"\"\\\n\r\t\f\b";
  constexpr std::string_view kEscapes = "\"\\nrtfb";
  const size_t special = kSpecial.find(code);
  if (special != std::u32string_view::npos) {
    text += {'\\', kEscapes[special]};
  } else if (code >= 0x20 && code < 0x7f) {
    text += static_cast<char>(code);
  } else if (code < 0x10000) {
    AppendUnit(code, text);
  } else {
    AppendUnit(0xd800 + ((code - 0x10000) >> 10), text);
    AppendUnit(0xdc00 + ((code - 0x10000) & 0x3ff), text);
  }
}

}  // namespace

Writer& Writer::Key(std::string_view key) {
  StartValue();
  AppendQuoted(key);
  text_ += style_ == Style::kCompact ? ":" : ": ";
  after_key_ = true;
  return *this;
}

Writer& Writer::Text(std::string_view value) {
  StartValue();
  AppendQuoted(value);
  return *this;
}

Writer& Writer::Bool(bool value) {
  StartValue();
  text_ += value ? "true" : "false";
  return *this;
}

Writer& Writer::Integer(int64_t value) {
  StartValue();
  text_ += std::to_string(value);
  return *this;
}

Writer& Writer::Real(std::optional<double> value, int decimals) {
  StartValue();
  text_ += value && std::isfinite(*value) ? ShortNumber(*value, decimals) : "null";
  return *this;
}

Writer& Writer::Any(const Value& value) {
  if (const auto* object = std::get_if<Object>(&value.data)) {
    BeginObject();
    for (const Member& member : *object) {
      Key(member.key).Any(member.value);
    }
    return EndObject();
  }
  if (const auto* array = std::get_if<Array>(&value.data)) {
    BeginArray();
    for (const Value& element : *array) {
      Any(element);
    }
    return EndArray();
  }
  if (const auto* number = std::get_if<Number>(&value.data)) {
    return number->integer ? Integer(*number->integer) : Real(number->value, kMostDecimals);
  }
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    return Text(*text);
  }
  const auto* truth = std::get_if<bool>(&value.data);
  return truth != nullptr ? Bool(*truth) : Real(std::nullopt, 0);
}

Writer& Writer::Begin(char bracket) {
  StartValue();
  text_ += bracket;
  ++depth_;
  first_ = true;
  return *this;
}

Writer& Writer::End(char bracket) {
  --depth_;
  if (!first_) {
    BreakLine();
  }
  text_ += bracket;
  first_ = false;
  return *this;
}

void Writer::StartValue() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) {
    text_ += style_ == Style::kSpaced ? ", " : ",";
  }
  if (depth_ > 0) {
    BreakLine();
  }
  first_ = false;
}

void Writer::BreakLine() {
  if (style_ == Style::kPretty) {
    text_ += '\n';
    text_.append(static_cast<size_t>(depth_) * 2, ' ');
  }
}

void Writer::AppendQuoted(std::string_view value) {
  constexpr char32_t kReplacement = 0xfffd;
  text_ += '"';
  while (!value.empty()) {
    const Utf8Character character = DecodeUtf8(value);
    AppendEscaped(character.length > 0 ? character.code : kReplacement, text_);
    value.remove_prefix(character.length > 0 ? character.length : 1);
  }
  text_ += '"';
}

}  // namespace ball::json
