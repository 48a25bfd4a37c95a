// SPDX-License-Identifier: LGPL-2.1-or-later
// A peer's SDP: what is made of it for webrtcbin is accepted again, stays as it is, and speaks of
// the same certificate.
#include "apps/link/session_description.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ball;
  const std::string text(Text(data, size));
  const PeerDescriptionResult result = ParsePeerDescription(text);
  Require(result.description.has_value() == result.error.empty(), "it is one or the other");
  Require(IsPrintableAscii(result.error), "an error repeats nothing of the peer's");
  if (!result.description) return 0;
  const Fingerprint& fingerprint = result.description->fingerprint;
  const PeerDescriptionResult again = ParsePeerDescription(result.description->sdp);
  Require(again.description.has_value(), "what goes to webrtcbin is accepted again");
  Require(again.description->fingerprint == fingerprint, "it speaks of the same certificate");
  Require(again.description->sdp == result.description->sdp, "it stays as it is");
  WithFingerprint(result.description->sdp, {"sha-256", "AB:CD"});
  return 0;
}
