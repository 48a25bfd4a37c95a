// SPDX-License-Identifier: LGPL-2.1-or-later
// An ICE candidate, and the PEM text of a certificate.
#include "apps/link/session_description.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ball;
  const std::string text(Text(data, size));
  if (IsCandidate(text)) {
    Require(text.find_first_of(std::string("\0\r\n", 3)) == std::string::npos,
            "a candidate is one line");
    Require(text.find("typ") != std::string::npos, "a candidate has a type");
  }
  for (const char* hash : {"sha-1", "sha-256", "sha-384", "sha-512", "md5"}) {
    const auto fingerprint = FingerprintOf(text, hash);
    if (!fingerprint) continue;
    Require(fingerprint->hash == hash, "the hash is the one that was asked for");
    Require(fingerprint->digest.find_first_not_of("0123456789ABCDEF:") == std::string::npos,
            "a digest is hexadecimal");
  }
  return 0;
}
