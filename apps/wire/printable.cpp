// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/printable.h"

#include <array>
#include <cstdio>

#include "apps/wire/utf8.h"

namespace ball {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// C0 and DEL, C1, and what shows as nothing or as something else: soft hyphen, zero-width
// characters, line and paragraph separators, marks and overrides of direction, the byte order mark,
// interlinear and language tags.
constexpr std::array<Range, 10> kHidden = {{{0x00, 0x1f},
                                            {0x7f, 0x9f},
                                            {0xad, 0xad},
                                            {0x61c, 0x61c},
                                            {0x180e, 0x180e},
                                            {0x200b, 0x200f},
                                            {0x2028, 0x202e},
                                            {0x2060, 0x206f},
                                            {0xfeff, 0xfeff},
                                            {0xe0000, 0xe0fff}}};

bool IsHidden(char32_t code) {
  for (const Range& range : kHidden) {
    if (code >= range.first && code <= range.last) return true;
  }
  return code >= 0xfff9 && code <= 0xfffb;
}

std::string Hexadecimal(const char* format, unsigned value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

std::string Escaped(char32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\r') return "\\r";
  if (code == '\t') return "\\t";
  return Hexadecimal(code < 0x80 ? "\\x%02x" : "\\u{%x}", static_cast<unsigned>(code));
}

}  // namespace

std::string Printable(std::string_view text, size_t max) {
  std::string line;
  while (!text.empty()) {
    const Utf8Character character = DecodeUtf8(text);
    const size_t length = character.length == 0 ? 1 : character.length;
    std::string piece(text.substr(0, length));
    if (character.length == 0) {
      piece = Hexadecimal("\\x%02x", static_cast<unsigned char>(text.front()));
    } else if (character.code == '\\') {
      piece = "\\\\";
    } else if (IsHidden(character.code)) {
      piece = Escaped(character.code);
    }
    if (line.size() + piece.size() > max) return line + "...";
    line += piece;
    text.remove_prefix(length);
  }
  return line;
}

}  // namespace ball
