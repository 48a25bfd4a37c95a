// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "apps/wire/token.h"

namespace ball {

struct TextFile {
  std::string text;
  // Empty, or why it cannot be read: "No such file or directory".
  std::string error;
  bool too_long = false;
};

// Reads a small file of the user's, a pipe too; one of more than `max` bytes is an error.
TextFile ReadTextFile(const std::string& path, size_t max);

// Writes the whole text to a descriptor, however often it takes; false, with errno, where that
// fails.
bool WriteAll(int file, const std::string& text);

struct TokenFile {
  std::optional<Token> token;
  // Why there is none, in a sentence that says what to do. It tells nothing of what is in the file.
  std::string error;
};

// The first line of a file (see Token::Parse).
TokenFile ReadTokenFile(const std::string& path);

}  // namespace ball
