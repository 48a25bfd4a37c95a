// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "apps/wire/json_value.h"

namespace ball::json {

// Writes one JSON document, member by member, in the order of the calls. The caller pairs Begin and
// End, and gives a key before each value inside an object. The text is ASCII: everything else is
// escaped as Python's json.dumps does, a byte that is not UTF-8 becomes U+FFFD, and a number that
// does not exist (nothing, NaN, infinity) becomes null.
class Writer {
 public:
  enum class Style {
    kCompact,  // {"a":1,"b":2}
    kSpaced,   // {"a": 1, "b": 2}, the bytes of Python's json.dumps
    kPretty,   // one member a line, two blanks a level
  };

  explicit Writer(Style style) : style_(style) {}

  Writer& BeginObject() { return Begin('{'); }
  Writer& EndObject() { return End('}'); }
  Writer& BeginArray() { return Begin('['); }
  Writer& EndArray() { return End(']'); }
  Writer& Key(std::string_view key);
  Writer& Text(std::string_view value);
  Writer& Bool(bool value);
  Writer& Integer(int64_t value);
  // Rounded to `decimals` digits after the point, without zeros at the end.
  Writer& Real(std::optional<double> value, int decimals);
  // What was read, with whatever is in it. Numbers that are no integers with 15 decimals at most.
  Writer& Any(const Value& value);

  const std::string& Result() const { return text_; }

 private:
  Writer& Begin(char bracket);
  Writer& End(char bracket);
  void StartValue();
  void BreakLine();
  void AppendQuoted(std::string_view value);

  Style style_;
  std::string text_;
  int depth_ = 0;
  bool first_ = true;  // nothing yet between the innermost brackets
  bool after_key_ = false;
};

}  // namespace ball::json
