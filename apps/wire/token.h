// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ball {

// The secret that a client shows to a server that asks for one, in the hello. It is never printed:
// nothing here turns it into text but text(), for the hello.
class Token {
 public:
  static constexpr size_t kMax = 4096;  // bytes

  // The first line of a file without the blanks around it. Nothing where that is empty, longer than
  // kMax, or no text: it travels in JSON, so it must be UTF-8 without control characters.
  static std::optional<Token> Parse(std::string_view file);

  // Whether they are the same. Takes a time that depends on the length of `given` at most, which
  // whoever gives it knows: not on where, or in which length, it differs.
  bool Matches(std::string_view given) const;

  std::string text() const { return {bytes_.data(), size_}; }

 private:
  Token() = default;

  // Filled up with zeros, so that its length does not show in the time that Matches takes.
  std::array<char, kMax> bytes_{};
  size_t size_ = 0;
};

}  // namespace ball
