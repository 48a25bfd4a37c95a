// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ball {

// One character read from UTF-8. length is the number of bytes it takes, 0 where the bytes are not
// UTF-8 (or there are none): overlong forms, surrogates and anything above U+10FFFF are refused, as
// RFC 3629 asks.
struct Utf8Character {
  char32_t code = 0;
  size_t length = 0;
};

// Reads the first character of `text`.
Utf8Character DecodeUtf8(std::string_view text);

// Appends `code` (a Unicode scalar value, not a surrogate) to `text`.
void AppendUtf8(char32_t code, std::string& text);

}  // namespace ball
