// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/line_framer.h"

#include <algorithm>

namespace ball {
namespace {

std::string_view WithoutCarriageReturn(std::string_view line) {
  if (!line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  return line;
}

}  // namespace

size_t LineFramer::MaxBuffered() const {
  constexpr size_t kOneRead = size_t{64} * 1024;
  return kMaxBacklog * std::max(max_line_, kOneRead);
}

bool LineFramer::Feed(std::string_view bytes) {
  while (!failed_ && !bytes.empty()) {
    const size_t length = std::min(bytes.find('\n'), bytes.size());
    const bool complete = length < bytes.size();
    // Checked before copying: what is refused is never stored.
    if (buffer_.size() - begin_ + length > MaxBuffered() ||
        buffer_.size() - tail_ + length > max_line_ + 1) {
      failed_ = true;
      break;
    }
    buffer_.append(bytes.substr(0, length));
    const auto line = WithoutCarriageReturn(std::string_view(buffer_).substr(tail_));
    failed_ = line.size() > max_line_;
    if (complete && !failed_) {
      buffer_ += '\n';
      tail_ = buffer_.size();
    }
    bytes.remove_prefix(complete ? length + 1 : length);
  }
  if (failed_) {
    buffer_.resize(tail_);
  }
  return !failed_;
}

std::optional<std::string> LineFramer::Next() {
  if (begin_ == tail_) {
    return std::nullopt;
  }
  const size_t end = buffer_.find('\n', begin_);
  std::string line(WithoutCarriageReturn(std::string_view(buffer_).substr(begin_, end - begin_)));
  begin_ = end + 1;
  // Not at every line: moving the rest down each time would cost the square of its length.
  if (begin_ >= buffer_.size() / 2) {
    buffer_.erase(0, begin_);
    tail_ -= begin_;
    begin_ = 0;
  }
  return line;
}

}  // namespace ball
