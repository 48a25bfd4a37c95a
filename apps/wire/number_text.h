// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ball {

// Numbers as text, always with '.', whatever the locale says.

// The whole of `text` as a finite number: decimal, an exponent allowed, no leading '+', no blanks.
// Nothing for anything else, and for a number that no double can hold (1e999).
std::optional<double> ParseNumber(std::string_view text);

// Exactly `decimals` digits after the point: FixedNumber(3.14159, 2) = "3.14". Never "-0.00".
// "nan" or "inf" where `value` is not finite. At most 15 decimals.
std::string FixedNumber(double value, int decimals);

// As FixedNumber, without zeros at the end: ShortNumber(3.5, 3) = "3.5", ShortNumber(2, 3) = "2".
std::string ShortNumber(double value, int decimals);

}  // namespace ball
