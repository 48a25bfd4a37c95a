// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// A small, strict reader of JSON (RFC 8259) for what strangers send us.
//
// Not json-glib, because of what its 1.6.6 was seen to do with such input: 99999999999999999999
// became -1, 010 became 8, 1e999 became infinity, "a\u0000b" became "a", 'single quotes',
// assignments and two documents in a row were accepted, and 100,000 opening brackets overran the
// stack. The tests use json-glib as an independent reader of what we write.
namespace ball::json {

struct Null {
  friend bool operator==(const Null&, const Null&) = default;
};

// `integer` is there where the text has neither point nor exponent and fits; `value` always is.
struct Number {
  double value = 0;
  std::optional<int64_t> integer;

  friend bool operator==(const Number&, const Number&) = default;
};

struct Value;
struct Member;
using Array = std::vector<Value>;
using Object = std::vector<Member>;  // in the order of the text, every key once

struct Value {
  std::variant<Null, bool, Number, std::string, Array, Object> data;
};

struct Member {
  std::string key;
  Value value;
};

bool operator==(const Value& a, const Value& b);
bool operator==(const Member& a, const Member& b);

// How deep brackets may nest. Our own messages need 2; the reader calls itself once a level.
inline constexpr int kMaxDepth = 16;

// How many values, and how many members in one object, a document may have: our largest message has
// a dozen. The second one bounds the search for keys that occur twice.
inline constexpr size_t kMaxValues = 1024;
inline constexpr size_t kMaxMembers = 64;

// Reads one document. Nothing where `text` is not exactly one JSON value in valid UTF-8, exceeds
// a limit above, holds a number that no double can hold, a key twice in one object (readers
// disagree on which one counts), or a \u0000 (a C string would end there).
std::optional<Value> Parse(std::string_view text);

// Why Parse() refuses `text`, in a few words for who sent it: a limit, or what it is not and from
// which byte on. Nothing of the text is in it. Empty where Parse() takes it.
std::string WhyRefused(std::string_view text);

}  // namespace ball::json
