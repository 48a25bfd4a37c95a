// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/link/session_description.h"

namespace ball {

// One m-section of an offer, as far as its answer repeats it.
struct OfferedSection {
  bool video = false;
  std::string mid;
  // The first payload type, with its rtpmap and fmtp (empty for none); a data section has none.
  std::string payload_type;
  std::string rtpmap;
  std::string fmtp;
};

// What a light client needs to know of a server's offer.
struct LightOffer {
  std::vector<OfferedSection> sections;
  Fingerprint fingerprint;
  std::string ice_ufrag;
  uint16_t sctp_port = 5000;
};

struct LightOfferResult {
  std::optional<LightOffer> offer;
  std::string error;
};

// One video section and one data section, bundled: what server-app offers.
LightOfferResult ReadOffer(const std::string& sdp);

// Who answers.
struct Answerer {
  std::string ice_ufrag;
  std::string ice_pwd;
  Fingerprint fingerprint;
  std::string address;
  uint16_t port = 0;
};

// Takes the first codec, receives only, is the DTLS client, and an ICE-lite agent with one address.
std::string WriteAnswer(const LightOffer& offer, const Answerer& answerer);

}  // namespace ball
