// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/json_fields.h"

#include <algorithm>
#include <cmath>

namespace ball::json {
namespace {

// Above 2^53 a double no longer tells neighbouring integers apart.
constexpr double kExactIntegers = 9007199254740992.0;

std::optional<int64_t> AsInteger(const Number& number) {
  if (number.integer) {
    return number.integer;
  }
  if (std::abs(number.value) > kExactIntegers || number.value != std::trunc(number.value)) {
    return std::nullopt;
  }
  return static_cast<int64_t>(number.value);
}

}  // namespace

template <typename T>
const T* Fields::Find(std::string_view key) {
  const auto member = std::find_if(object_.begin(), object_.end(),
                                   [key](const Member& candidate) { return candidate.key == key; });
  if (member == object_.end() || std::holds_alternative<Null>(member->value.data)) {
    return nullptr;
  }
  const T* value = std::get_if<T>(&member->value.data);
  if (value == nullptr) {
    Mark(key);
  }
  return value;
}

void Fields::Mark(std::string_view key) {
  if (wrong_.empty()) {
    wrong_ = key;
  }
}

template <typename T>
std::optional<T> Fields::InRange(std::string_view key, std::optional<T> value, T min, T max) {
  if (!value || !(*value >= min && *value <= max)) {
    Mark(key);
    return std::nullopt;
  }
  return value;
}

std::optional<bool> Fields::Bool(std::string_view key) {
  const bool* value = Find<bool>(key);
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

std::optional<std::string> Fields::Text(std::string_view key) {
  const auto* value = Find<std::string>(key);
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

std::optional<double> Fields::Real(std::string_view key, double min, double max) {
  const auto* number = Find<Number>(key);
  return number != nullptr ? InRange(key, std::optional(number->value), min, max) : std::nullopt;
}

std::optional<int64_t> Fields::Integer(std::string_view key, int64_t min, int64_t max) {
  const auto* number = Find<Number>(key);
  return number != nullptr ? InRange(key, AsInteger(*number), min, max) : std::nullopt;
}

const Object* Fields::Nested(std::string_view key) { return Find<Object>(key); }

}  // namespace ball::json
