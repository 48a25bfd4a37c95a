// SPDX-License-Identifier: LGPL-2.1-or-later
// What a locator writes into its pipe: cut into the same lines whatever pieces it comes in, and no
// line is taken that is not finite and within its range. The first byte says how large the pieces
// are.
#include <algorithm>
#include <cmath>
#include <vector>

#include "apps/wire/coordinate_message.h"
#include "apps/wire/line_framer.h"
#include "apps/wire/locator_message.h"
#include "tests/fuzz/fuzz_target.h"

namespace ball {
namespace {

struct Framed {
  std::vector<std::string> lines;
  bool failed = false;

  friend bool operator==(const Framed&, const Framed&) = default;
};

Framed Frame(std::string_view bytes, size_t piece) {
  LineFramer framer(kMaxLocatorLine);
  Framed framed;
  while (!bytes.empty()) {
    const size_t size = std::min(piece, bytes.size());
    framed.failed = !framer.Feed(bytes.substr(0, size));
    bytes.remove_prefix(size);
    while (auto line = framer.Next()) framed.lines.push_back(*line);
  }
  return framed;
}

void RequireLine(const std::string& line) {
  Require(line.size() <= kMaxLocatorLine && line.find('\n') == std::string::npos,
          "a line is one, and not too long");
  const auto parsed = ParseLocatorLine(line);
  if (!parsed) return;
  const std::string text = SerializeLocatorLine(*parsed);
  const auto again = ParseLocatorLine(text);
  Require(again.has_value(), "what was written can be read");
  Require(SerializeLocatorLine(*again) == text, "it is written the same again");
  const auto* message = std::get_if<LocatorMessage>(&*parsed);
  if (message == nullptr) return;
  Require(message->received <= message->located, "the times ascend");
  if (!message->found) return;
  // A NaN would fail each comparison.
  Require(std::abs(message->x) <= kMaxCoordinate && std::abs(message->y) <= kMaxCoordinate,
          "the place is in its range");
  Require(message->radius > 0 && message->radius <= kMaxCoordinate, "the radius is in its range");
  Require(message->confidence >= 0 && message->confidence <= 1, "the confidence is in its range");
}

}  // namespace
}  // namespace ball

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ball;
  // As much as the framer holds for somebody who takes every line, however late.
  constexpr size_t kMaxBytes = size_t{60} * 1024;
  if (size == 0 || size > kMaxBytes) return 0;
  const std::string_view bytes = Text(data + 1, size - 1);
  const Framed whole = Frame(bytes, kMaxBytes);
  Require(Frame(bytes, size_t{data[0]} + 1) == whole, "pieces make the same lines");
  for (const std::string& line : whole.lines) RequireLine(line);
  return 0;
}
