// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/light_client/offer.h"

#include <cstdlib>
#include <sstream>

#include "apps/link/glib_ptr.h"

namespace ball {
namespace {

std::string Text(const char* text) { return text == nullptr ? "" : text; }

std::string Attribute(const GstSDPMedia* media, const char* key) {
  return Text(gst_sdp_media_get_attribute_val(media, key));
}

// "96 VP8/90000" -> "VP8/90000", where it is for that payload type.
std::string ForPayload(const GstSDPMedia* media, const char* key, const std::string& payload) {
  for (guint i = 0;; ++i) {
    const char* value = gst_sdp_media_get_attribute_val_n(media, key, i);
    if (value == nullptr) return {};
    const std::string text = value;
    if (text.rfind(payload + " ", 0) == 0) return text.substr(payload.size() + 1);
  }
}

OfferedSection ReadSection(const GstSDPMedia* media) {
  OfferedSection section;
  section.video = Text(gst_sdp_media_get_media(media)) == "video";
  section.mid = Attribute(media, "mid");
  if (!section.video) return section;
  section.payload_type = Text(gst_sdp_media_get_format(media, 0));
  section.rtpmap = ForPayload(media, "rtpmap", section.payload_type);
  section.fmtp = ForPayload(media, "fmtp", section.payload_type);
  return section;
}

bool HasBoth(const LightOffer& offer) {
  return offer.sections.size() == 2 && offer.sections[0].video != offer.sections[1].video;
}

void WriteSection(const LightOffer& offer, const OfferedSection& section, const Answerer& answerer,
                  std::ostream& out) {
  const std::string& payload = section.payload_type;
  if (section.video) {
    out << "m=video 9 UDP/TLS/RTP/SAVPF " << payload << "\r\nc=IN IP4 0.0.0.0\r\na=recvonly\r\n"
        << "a=rtcp-mux\r\na=rtpmap:" << payload << " " << section.rtpmap << "\r\n"
        << "a=rtcp-fb:" << payload << " nack pli\r\n";
    if (!section.fmtp.empty()) out << "a=fmtp:" << payload << " " << section.fmtp << "\r\n";
  } else {
    out << "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
        << "a=sctp-port:" << offer.sctp_port << "\r\n";
  }
  out << "a=mid:" << section.mid << "\r\na=setup:active\r\na=ice-ufrag:" << answerer.ice_ufrag
      << "\r\na=ice-pwd:" << answerer.ice_pwd << "\r\na=fingerprint:" << answerer.fingerprint.hash
      << " " << answerer.fingerprint.digest << "\r\na=candidate:1 1 UDP 2130706431 "
      << answerer.address << " " << answerer.port << " typ host\r\na=end-of-candidates\r\n";
}

}  // namespace

LightOfferResult ReadOffer(const std::string& sdp) {
  const auto checked = ParsePeerDescription(sdp);
  if (!checked.description) return {{}, checked.error};
  GstSDPMessage* raw = nullptr;
  gst_sdp_message_new_from_text(checked.description->sdp.c_str(), &raw);
  const Owned<GstSDPMessage> message(raw);
  LightOffer offer;
  offer.fingerprint = checked.description->fingerprint;
  for (guint i = 0; i < gst_sdp_message_medias_len(message.get()); ++i) {
    const GstSDPMedia* media = gst_sdp_message_get_media(message.get(), i);
    offer.sections.push_back(ReadSection(media));
    offer.ice_ufrag = Attribute(media, "ice-ufrag");
    const std::string port = Attribute(media, "sctp-port");
    if (!port.empty())
      offer.sctp_port = static_cast<uint16_t>(std::strtoul(port.c_str(), nullptr, 10));
  }
  if (!HasBoth(offer)) return {{}, "it is not one video and one data section"};
  if (offer.ice_ufrag.empty()) return {{}, "it has no ICE credentials"};
  return {offer, {}};
}

std::string WriteAnswer(const LightOffer& offer, const Answerer& answerer) {
  std::ostringstream out;
  out << "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-lite\r\na=group:BUNDLE "
      << offer.sections[0].mid << " " << offer.sections[1].mid << "\r\n";
  for (const OfferedSection& section : offer.sections) WriteSection(offer, section, answerer, out);
  return out.str();
}

}  // namespace ball
