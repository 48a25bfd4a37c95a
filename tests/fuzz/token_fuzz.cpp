// SPDX-License-Identifier: LGPL-2.1-or-later
// A token file: what is accepted can be sent in a hello, and matches itself and nothing else.
#include "apps/wire/signalling_message.h"
#include "apps/wire/token.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ball;
  const auto token = Token::Parse(Text(data, size));
  if (!token) return 0;
  const std::string text = token->text();
  Require(!text.empty() && text.size() <= Token::kMax, "a token has 1 to 4096 bytes");
  Require(token->Matches(text), "a token matches itself");
  Require(!token->Matches(text + "x") && !token->Matches(text.substr(1)),
          "a token matches nothing else");
  const auto sent = ParseSignallingMessage(SerializeSignallingMessage(Hello{text, false}));
  const auto* hello = sent ? std::get_if<Hello>(&*sent) : nullptr;
  Require(hello != nullptr && token->Matches(hello->token), "a token comes through a hello");
  return 0;
}
