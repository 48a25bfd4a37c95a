// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ball {

// A certificate's digest as an SDP states it (RFC 8122): `hash` lower case ("sha-256"), `digest`
// upper-case hexadecimal with colons.
struct Fingerprint {
  std::string hash;
  std::string digest;

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// What we need to know of a peer's description before webrtcbin gets it.
struct PeerDescription {
  // Ready for webrtcbin: in a bundle, every section has the ICE credentials and candidates of the
  // first one, whose transport they all use (RFC 8843, section 7.3). Peers such as aiortc give each
  // section its own, which webrtcbin refuses.
  std::string sdp;
  // The one certificate of the whole description.
  Fingerprint fingerprint;
  // What the video sections can be encoded as, such as "VP8" or "rtx": the names of their rtpmaps.
  std::vector<std::string> encodings;
  // Why a candidate is left out of it (remote_candidate.h), the first one's reason; empty where
  // none is.
  std::string left_out;
};

struct PeerDescriptionResult {
  std::optional<PeerDescription> description;
  // Where there is none: what is wrong with it, in a few words.
  std::string error;
};

// Checks a peer's SDP and prepares it for webrtcbin. Refused: what is no SDP, reads as something
// else when it is written again, has no video section, has no fingerprint for a section (without
// one nothing says whose media it is), or different ones, has no ICE credentials for a section, or
// has more lines (4096), sections (64) or candidates in a section (256) than any peer needs.
// `try_loopback`: whether candidates with loopback addresses stay.
PeerDescriptionResult ParsePeerDescription(const std::string& text, bool try_loopback = true);

// The fingerprint of a certificate. `pem` is its PEM text; `hash` a name from RFC 8122: sha-1,
// sha-256, sha-384 or sha-512. Nothing where either is something else.
std::optional<Fingerprint> FingerprintOf(const std::string& pem, const std::string& hash);

// The SDP with that fingerprint in the place of each that it has. Line ends become CR LF.
std::string WithFingerprint(const std::string& sdp, const Fingerprint& fingerprint);

// Whether a candidate line ("candidate:..." or without the prefix) has the shape of RFC 8839:
// foundation, component 1 to 256, transport, priority, address without control characters, port,
// "typ" and a known type.
bool IsCandidate(const std::string& line);

}  // namespace ball
