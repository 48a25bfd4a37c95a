// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "apps/wire/json_value.h"

namespace ball::json {

// Takes typed members out of one object. A key that is absent or null is nothing. A key of another
// type, or out of the range asked for, is nothing as well, and Good() is false from then on,
// Wrong() the first such key: read everything, then ask once. Keys that nobody asks for are
// ignored, so that a peer may say more.
//
// Refers to the object, which must live as long.
class Fields {
 public:
  explicit Fields(const Object& object) : object_(object) {}

  std::optional<bool> Bool(std::string_view key);
  std::optional<std::string> Text(std::string_view key);

  // Within [min, max].
  std::optional<double> Real(std::string_view key, double min, double max);

  // Within [min, max]. 5.0 and 5e0 are integers too: JSON knows one kind of number, and some
  // languages write all of theirs with a point. 5.5 and "5" are not.
  std::optional<int64_t> Integer(std::string_view key, int64_t min, int64_t max);

  // Points into the object.
  const Object* Nested(std::string_view key);

  bool Good() const { return wrong_.empty(); }

  // As it was asked for; empty while there is none.
  std::string_view Wrong() const { return wrong_; }

 private:
  template <typename T>
  const T* Find(std::string_view key);
  template <typename T>
  std::optional<T> InRange(std::string_view key, std::optional<T> value, T min, T max);
  void Mark(std::string_view key);

  const Object& object_;
  std::string_view wrong_;
};

}  // namespace ball::json
