// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/light_client/ice_responder.h"

#include <openssl/rand.h>
#include <stun/usages/ice.h>

#include <array>

namespace ball {
namespace {

constexpr size_t kStunMessage = 1024;

// RFC 8445, section 5.3: at least 24 bits of chance in the one, 128 in the other; 4 a character.
std::string RandomHex(size_t characters) {
  static const char kDigits[] = "0123456789abcdef";
  std::vector<unsigned char> bytes(characters);
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string text;
  for (const unsigned char byte : bytes) text += kDigits[byte & 15];
  return text;
}

constexpr std::array<uint16_t, 7> kKnownAttributes = {STUN_ATTRIBUTE_USERNAME,
                                                      STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
                                                      STUN_ATTRIBUTE_PRIORITY,
                                                      STUN_ATTRIBUTE_USE_CANDIDATE,
                                                      STUN_ATTRIBUTE_ICE_CONTROLLED,
                                                      STUN_ATTRIBUTE_ICE_CONTROLLING,
                                                      0};

}  // namespace

IceResponder::IceResponder() : ufrag_(RandomHex(8)), password_(RandomHex(32)) {
  stun_agent_init(&agent_, kKnownAttributes.data(), STUN_COMPATIBILITY_RFC5389,
                  static_cast<StunAgentUsageFlags>(STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS |
                                                   STUN_AGENT_USAGE_USE_FINGERPRINT));
}

IceResponder::Reply IceResponder::Answer(Bytes datagram, const UdpAddress& from) {
  const auto bytes = [](const std::string& text) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  };
  StunDefaultValidaterData credentials[] = {
      {bytes(username_), username_.size(), bytes(password_), password_.size()},
      {nullptr, 0, nullptr, 0}};
  StunMessage request;
  if (stun_agent_validate(&agent_, &request, datagram.data(), datagram.size(),
                          stun_agent_default_validater, credentials) != STUN_VALIDATION_SUCCESS ||
      stun_message_get_class(&request) != STUN_REQUEST) {
    return {};
  }
  Reply reply;
  reply.datagram.resize(kStunMessage);
  size_t size = reply.datagram.size();
  StunMessage response;
  bool controlling = false;
  const auto made = stun_usage_ice_conncheck_create_reply(
      &agent_, &request, &response, reply.datagram.data(), &size, &from.storage, from.size,
      &controlling, 0, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
  reply.datagram.resize(size);
  reply.nominated =
      made == STUN_USAGE_ICE_RETURN_SUCCESS && stun_usage_ice_conncheck_use_candidate(&request);
  return reply;
}

}  // namespace ball
