// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/token.h"

#include <algorithm>

#include "apps/wire/utf8.h"

namespace ball {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool IsPlainText(std::string_view text) {
  while (!text.empty()) {
    const Utf8Character character = DecodeUtf8(text);
    if (character.length == 0 || character.code < 0x20 || character.code == 0x7f) {
      return false;
    }
    text.remove_prefix(character.length);
  }
  return true;
}

}  // namespace

std::optional<Token> Token::Parse(std::string_view file) {
  const std::string_view line = Trimmed(file.substr(0, file.find('\n')));
  if (line.empty() || line.size() > kMax || !IsPlainText(line)) {
    return std::nullopt;
  }
  Token token;
  std::copy(line.begin(), line.end(), token.bytes_.begin());
  token.size_ = line.size();
  return token;
}

bool Token::Matches(std::string_view given) const {
  std::array<char, kMax> other{};
  std::copy_n(given.begin(), std::min(given.size(), kMax), other.begin());
  // All bytes, whatever is found; volatile, so that no compiler ends the loop sooner.
  volatile size_t difference = given.size() ^ size_;
  for (size_t i = 0; i < kMax; ++i) {
    difference = difference | static_cast<unsigned char>(bytes_[i] ^ other[i]);
  }
  return difference == 0;
}

}  // namespace ball
