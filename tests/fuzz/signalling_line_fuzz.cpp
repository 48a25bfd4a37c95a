// SPDX-License-Identifier: LGPL-2.1-or-later
// A line of signalling: what is read can be written and read again, the same.
#include "apps/wire/signalling_message.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ball;
  const auto message = ParseSignallingMessage(Text(data, size));
  if (!message) return 0;
  const std::string line = SerializeSignallingMessage(*message);
  Require(IsPrintableAscii(line), "a line is printable ASCII");
  // Escapes make six bytes of one, and an exponent up to 300 digits.
  if (line.size() > kMaxSignallingLine) return 0;
  const auto again = ParseSignallingMessage(line);
  Require(again.has_value(), "what was written can be read");
  // Numbers of a report have at most 15 decimals.
  if (std::holds_alternative<ReportMessage>(*message)) {
    Require(SerializeSignallingMessage(*again) == line, "a report is written the same again");
  } else {
    Require(*again == *message, "what was written reads as the same");
  }
  return 0;
}
