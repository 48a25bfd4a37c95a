// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ball {

// Cuts a stream of bytes into lines that end in LF or CRLF.
//
// A line may have `max_line` bytes, its end not counted. Once a longer one has begun the framer has
// failed and stays so: lines that were complete before can still be taken, what follows is dropped.
// It fails too when lines that nobody takes pile up beyond kMaxBacklog lines' worth of bytes, so
// its memory is bounded whatever comes in. Bytes without a line end are no line.
//
// One thread at a time.
class LineFramer {
 public:
  // How many lines of full length (at least 64 KiB, one read of a socket) may wait to be taken.
  static constexpr size_t kMaxBacklog = 4;

  explicit LineFramer(size_t max_line) : max_line_(max_line) {}

  // Takes what was read. False once failed: close the connection.
  bool Feed(std::string_view bytes);

  // The next complete line without its end (it may be empty); nothing when there is none.
  std::optional<std::string> Next();

 private:
  size_t MaxBuffered() const;

  size_t max_line_;
  std::string buffer_;  // complete lines from begin_ on, then the unfinished one from tail_ on
  size_t begin_ = 0;
  size_t tail_ = 0;
  bool failed_ = false;
};

}  // namespace ball
