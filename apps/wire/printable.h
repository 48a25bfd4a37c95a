// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ball {

// What a line for a terminal or a log may hold of a text that a stranger wrote, in bytes.
inline constexpr size_t kMaxPrintable = 300;

// `text` as one line that a terminal takes for nothing but text: control characters, what is not
// UTF-8, and characters that hide others or turn them round are written as \n, \t, \x1b or
// \u{202e}, a backslash as \\. Cut at `max` bytes, with "..." behind it.
std::string Printable(std::string_view text, size_t max = kMaxPrintable);

}  // namespace ball
