// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/number_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace ball {

std::optional<double> ParseNumber(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::string FixedNumber(double value, int decimals) {
  // The largest double has 309 digits before the point.
  std::array<char, 309 + 17> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                    std::chars_format::fixed, decimals);
  std::string text(buffer.data(), result.ptr);
  const bool all_zero = text.find_first_not_of("-0.") == std::string::npos;
  if (all_zero && text.front() == '-') {
    text.erase(0, 1);
  }
  return text;
}

std::string ShortNumber(double value, int decimals) {
  std::string text = FixedNumber(value, decimals);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
  }
  if (text.back() == '.') {
    text.pop_back();
  }
  return text;
}

}  // namespace ball
