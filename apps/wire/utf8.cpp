// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/utf8.h"

namespace ball {
namespace {

// What the first byte of a character says. `smallest` is the first code that needs this length:
// a smaller one in this form is overlong.
struct Lead {
  size_t length;
  unsigned char mask;
  char32_t smallest;
};

Lead LeadOf(unsigned char byte) {
  if (byte < 0x80) {
    return {1, 0x7f, 0};
  }
  if ((byte & 0xe0) == 0xc0) {
    return {2, 0x1f, 0x80};
  }
  if ((byte & 0xf0) == 0xe0) {
    return {3, 0x0f, 0x800};
  }
  if ((byte & 0xf8) == 0xf0) {
    return {4, 0x07, 0x10000};
  }
  return {0, 0, 0};
}

bool IsScalar(char32_t code) { return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff); }

}  // namespace

Utf8Character DecodeUtf8(std::string_view text) {
  if (text.empty()) {
    return {};
  }
  const Lead lead = LeadOf(static_cast<unsigned char>(text[0]));
  if (lead.length == 0 || lead.length > text.size()) {
    return {};
  }
  char32_t code = static_cast<unsigned char>(text[0]) & lead.mask;
  for (size_t i = 1; i < lead.length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) {
      return {};
    }
    code = code << 6 | (byte & 0x3f);
  }
  if (code < lead.smallest || !IsScalar(code)) {
    return {};
  }
  return {code, lead.length};
}

void AppendUtf8(char32_t code, std::string& text) {
  const auto tail = [code](int shift) { return static_cast<char>(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += {static_cast<char>(0xc0 | code >> 6), tail(0)};
  } else if (code < 0x10000) {
    text += {static_cast<char>(0xe0 | code >> 12), tail(6), tail(0)};
  } else {
    text += {static_cast<char>(0xf0 | code >> 18), tail(12), tail(6), tail(0)};
  }
}

}  // namespace ball
