// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/session_description.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <sstream>
#include <vector>

#include "apps/link/glib_ptr.h"
#include "apps/link/remote_candidate.h"

namespace ball {
namespace {

using Attributes = std::vector<std::pair<std::string, std::string>>;

// What copying one section's candidates to all others may cost is bounded; peers write two or three
// sections, and some ten candidates.
constexpr guint kMaxSections = 64;
constexpr std::ptrdiff_t kMaxLines = 4096;
constexpr size_t kMaxCandidates = 256;
constexpr std::array<const char*, 2> kCredentials = {"ice-ufrag", "ice-pwd"};

Owned<GstSDPMessage> ParseSdp(const std::string& text) {
  // The parser takes any text for an SDP, but for its beginning (RFC 8866, section 5.1).
  if (text.rfind("v=0", 0) != 0) return nullptr;
  GstSDPMessage* raw = nullptr;
  if (gst_sdp_message_new(&raw) != GST_SDP_OK) return nullptr;
  Owned<GstSDPMessage> sdp(raw);
  const auto* bytes = reinterpret_cast<const guint8*>(text.data());
  if (text.find('\0') != std::string::npos ||
      gst_sdp_message_parse_buffer(bytes, static_cast<guint>(text.size()), raw) != GST_SDP_OK) {
    return nullptr;
  }
  return sdp;
}

std::string UpperCase(std::string text) {
  for (char& c : text) c = g_ascii_toupper(c);
  return text;
}

std::string LowerCase(std::string text) {
  for (char& c : text) c = g_ascii_tolower(c);
  return text;
}

std::optional<Fingerprint> ParseFingerprint(const char* attribute) {
  std::istringstream words(attribute);
  Fingerprint fingerprint;
  if (!(words >> fingerprint.hash >> fingerprint.digest)) return {};
  fingerprint.hash = LowerCase(fingerprint.hash);
  fingerprint.digest = UpperCase(fingerprint.digest);
  return fingerprint;
}

// A section's own fingerprint, else the session's.
const char* FingerprintAttribute(const GstSDPMessage* sdp, const GstSDPMedia* media) {
  const char* own = gst_sdp_media_get_attribute_val(media, "fingerprint");
  return own != nullptr ? own : gst_sdp_message_get_attribute_val(sdp, "fingerprint");
}

bool IsTransportAttribute(const char* key) {
  static const std::set<std::string> kKeys = {"ice-ufrag", "ice-pwd", "candidate",
                                              "end-of-candidates"};
  return kKeys.count(key) != 0;
}

Attributes TransportAttributes(const GstSDPMedia* media) {
  Attributes found;
  for (guint i = 0; i < gst_sdp_media_attributes_len(media); ++i) {
    const GstSDPAttribute* attribute = gst_sdp_media_get_attribute(media, i);
    if (IsTransportAttribute(attribute->key)) {
      found.emplace_back(attribute->key, attribute->value == nullptr ? "" : attribute->value);
    }
  }
  return found;
}

void ReplaceTransport(GstSDPMedia* media, const Attributes& transport) {
  for (guint i = gst_sdp_media_attributes_len(media); i-- > 0;) {
    if (IsTransportAttribute(gst_sdp_media_get_attribute(media, i)->key)) {
      gst_sdp_media_remove_attribute(media, i);
    }
  }
  for (const auto& [key, value] : transport) {
    gst_sdp_media_add_attribute(media, key.c_str(), value.c_str());
  }
}

GstSDPMedia* MediaAt(GstSDPMessage* sdp, guint index) {
  return const_cast<GstSDPMedia*>(gst_sdp_message_get_media(sdp, index));
}

// The mids of the first BUNDLE group, the tagged one first.
std::vector<std::string> BundledMids(const GstSDPMessage* sdp) {
  for (guint i = 0;; ++i) {
    const char* group = gst_sdp_message_get_attribute_val_n(sdp, "group", i);
    if (group == nullptr) return {};
    std::istringstream words(group);
    std::string word;
    words >> word;
    if (word != "BUNDLE") continue;
    std::vector<std::string> mids;
    while (words >> word) mids.push_back(word);
    return mids;
  }
}

std::string MidOf(const GstSDPMedia* media) {
  const char* mid = gst_sdp_media_get_attribute_val(media, "mid");
  return mid == nullptr ? "" : mid;
}

GstSDPMedia* MediaWithMid(GstSDPMessage* sdp, const std::string& mid) {
  for (guint i = 0; i < gst_sdp_message_medias_len(sdp); ++i) {
    if (MidOf(MediaAt(sdp, i)) == mid) return MediaAt(sdp, i);
  }
  return nullptr;
}

void UnifyBundledTransport(GstSDPMessage* sdp) {
  const auto mids = BundledMids(sdp);
  GstSDPMedia* tagged = mids.empty() ? nullptr : MediaWithMid(sdp, mids.front());
  if (tagged == nullptr) return;
  const Attributes transport = TransportAttributes(tagged);
  const std::set<std::string> bundled(mids.begin(), mids.end());
  for (guint i = 0; i < gst_sdp_message_medias_len(sdp); ++i) {
    GstSDPMedia* media = MediaAt(sdp, i);
    if (media != tagged && bundled.count(MidOf(media)) != 0) ReplaceTransport(media, transport);
  }
}

// GStreamer writes a section's title (i=) without a line end, so that the line behind it would be
// lost: a connection, or an attribute. Nobody here reads titles.
void DropTitles(GstSDPMessage* sdp) {
  for (guint i = 0; i < gst_sdp_message_medias_len(sdp); ++i) {
    gst_sdp_media_set_information(MediaAt(sdp, i), nullptr);
  }
}

bool IsTooLarge(GstSDPMessage* sdp) {
  if (gst_sdp_message_medias_len(sdp) > kMaxSections) return true;
  for (guint i = 0; i < gst_sdp_message_medias_len(sdp); ++i) {
    if (TransportAttributes(MediaAt(sdp, i)).size() > kMaxCandidates) return true;
  }
  return false;
}

// A section that shares another one's transport may have port 0 and yet be meant (RFC 8843,
// section 6).
bool IsRejected(const GstSDPMedia* media) {
  return gst_sdp_media_get_port(media) == 0 &&
         gst_sdp_media_get_attribute_val(media, "bundle-only") == nullptr;
}

// The one fingerprint of all sections, or an empty optional and what is wrong.
std::optional<Fingerprint> CommonFingerprint(GstSDPMessage* sdp, std::string* error) {
  std::optional<Fingerprint> common;
  for (guint i = 0; i < gst_sdp_message_medias_len(sdp); ++i) {
    const char* attribute = FingerprintAttribute(sdp, MediaAt(sdp, i));
    // A section that its sender rejected carries nothing, so it needs no fingerprint.
    if (attribute == nullptr && IsRejected(MediaAt(sdp, i))) continue;
    const auto fingerprint = attribute == nullptr ? std::nullopt : ParseFingerprint(attribute);
    if (!fingerprint) {
      *error = "a section has no certificate fingerprint";
      return {};
    }
    if (common && *common != *fingerprint) {
      *error = "its sections have different certificate fingerprints";
      return {};
    }
    common = fingerprint;
  }
  return common;
}

// A section's own ICE credentials, or the session's.
bool HasCredentials(const GstSDPMessage* sdp, const GstSDPMedia* media) {
  return std::all_of(kCredentials.begin(), kCredentials.end(), [&](const char* key) {
    return gst_sdp_media_get_attribute_val(media, key) != nullptr ||
           gst_sdp_message_get_attribute_val(sdp, key) != nullptr;
  });
}

bool LacksCredentials(GstSDPMessage* sdp) {
  for (guint i = 0; i < gst_sdp_message_medias_len(sdp); ++i) {
    const GstSDPMedia* media = MediaAt(sdp, i);
    if (!IsRejected(media) && !HasCredentials(sdp, media)) return true;
  }
  return false;
}

// Takes out the candidates that are not tried. The first one's reason, empty where none is.
std::string RemoveUntried(GstSDPMessage* sdp, bool try_loopback) {
  std::string first;
  for (guint i = 0; i < gst_sdp_message_medias_len(sdp); ++i) {
    GstSDPMedia* media = MediaAt(sdp, i);
    for (guint j = gst_sdp_media_attributes_len(media); j-- > 0;) {
      const GstSDPAttribute* attribute = gst_sdp_media_get_attribute(media, j);
      if (g_strcmp0(attribute->key, "candidate") != 0) continue;
      const char* value = attribute->value == nullptr ? "" : attribute->value;
      const std::string why = WhyNotTried(value, try_loopback);
      if (why.empty()) continue;
      first = why;
      gst_sdp_media_remove_attribute(media, j);
    }
  }
  return first;
}

std::vector<const GstSDPMedia*> Videos(GstSDPMessage* sdp) {
  std::vector<const GstSDPMedia*> videos;
  for (guint i = 0; i < gst_sdp_message_medias_len(sdp); ++i) {
    const GstSDPMedia* media = MediaAt(sdp, i);
    if (g_strcmp0(gst_sdp_media_get_media(media), "video") == 0 && !IsRejected(media)) {
      videos.push_back(media);
    }
  }
  return videos;
}

// Of lines such as a=rtpmap:96 VP8/90000.
std::vector<std::string> EncodingsOf(const std::vector<const GstSDPMedia*>& videos) {
  std::vector<std::string> names;
  for (const GstSDPMedia* media : videos) {
    for (guint i = 0; i < gst_sdp_media_attributes_len(media); ++i) {
      const GstSDPAttribute* attribute = gst_sdp_media_get_attribute(media, i);
      if (g_strcmp0(attribute->key, "rtpmap") != 0 || attribute->value == nullptr) continue;
      std::istringstream words(attribute->value);
      std::string type, name;
      if (words >> type >> name) names.push_back(name.substr(0, name.find('/')));
    }
  }
  return names;
}

std::optional<GChecksumType> ChecksumType(const std::string& hash) {
  if (hash == "sha-1") return G_CHECKSUM_SHA1;
  if (hash == "sha-256") return G_CHECKSUM_SHA256;
  if (hash == "sha-384") return G_CHECKSUM_SHA384;
  if (hash == "sha-512") return G_CHECKSUM_SHA512;
  return {};
}

std::string WithColons(const std::string& hex) {
  std::string spaced;
  for (size_t i = 0; i < hex.size(); i += 2) {
    if (i != 0) spaced += ':';
    spaced += hex.substr(i, 2);
  }
  return spaced;
}

bool IsNumber(const std::string& text, uint32_t least, uint32_t most) {
  uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc() && parsed.ptr == end && value >= least && value <= most;
}

PeerDescriptionResult Checked(GstSDPMessage* sdp, const std::string& text,
                              const std::string& left_out) {
  const auto videos = Videos(sdp);
  if (videos.empty()) return {{}, "it has no video section"};
  std::string error;
  const auto fingerprint = CommonFingerprint(sdp, &error);
  if (!fingerprint) return {{}, error};
  if (!ChecksumType(fingerprint->hash)) {
    return {{}, "its fingerprint uses an unknown hash"};
  }
  if (LacksCredentials(sdp)) return {{}, "a section has no ICE credentials (ice-ufrag, ice-pwd)"};
  return {PeerDescription{text, *fingerprint, EncodingsOf(videos), left_out}, {}};
}

}  // namespace

PeerDescriptionResult ParsePeerDescription(const std::string& text, bool try_loopback) {
  if (std::count(text.begin(), text.end(), '\n') > kMaxLines) {
    return {{}, "it has more than " + std::to_string(kMaxLines) + " lines"};
  }
  const auto sdp = ParseSdp(text);
  if (!sdp) return {{}, "it is no SDP"};
  if (IsTooLarge(sdp.get())) return {{}, "it has too many sections or candidates"};
  UnifyBundledTransport(sdp.get());
  DropTitles(sdp.get());
  const std::string left_out = RemoveUntried(sdp.get(), try_loopback);
  const OwnedString unified(gst_sdp_message_as_text(sdp.get()));
  // webrtcbin reads this text. What is checked is what it will read there, not what stood in the
  // peer's: GStreamer's parser takes much, and its writer makes something else of some of it.
  const auto read = ParseSdp(unified.get());
  if (!read ||
      OwnedString(gst_sdp_message_as_text(read.get())).get() != std::string(unified.get())) {
    return {{}, "it is no well-formed SDP"};
  }
  return Checked(read.get(), unified.get(), left_out);
}

std::optional<Fingerprint> FingerprintOf(const std::string& pem, const std::string& hash) {
  static const std::string kBegin = "-----BEGIN CERTIFICATE-----";
  static const std::string kEnd = "-----END CERTIFICATE-----";
  const auto type = ChecksumType(hash);
  const size_t begin = pem.find(kBegin);
  const size_t end = pem.find(kEnd);
  if (!type || begin == std::string::npos || end == std::string::npos || end < begin) return {};
  const std::string base64 = pem.substr(begin + kBegin.size(), end - begin - kBegin.size());
  gsize size = 0;
  const std::unique_ptr<guchar, decltype(&g_free)> der(g_base64_decode(base64.c_str(), &size),
                                                       g_free);
  if (size == 0) return {};
  const OwnedString digest(g_compute_checksum_for_data(*type, der.get(), size));
  return Fingerprint{hash, WithColons(UpperCase(digest.get()))};
}

std::string WithFingerprint(const std::string& sdp, const Fingerprint& fingerprint) {
  static const std::string kAttribute = "a=fingerprint:";
  std::istringstream lines(sdp);
  std::string changed;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.rfind(kAttribute, 0) == 0) {
      line = kAttribute + fingerprint.hash + " " + fingerprint.digest;
    }
    changed += line + "\r\n";
  }
  return changed;
}

bool IsCandidate(const std::string& line) {
  static const std::string kPrefix = "candidate:";
  static const std::set<std::string> kTypes = {"host", "srflx", "prflx", "relay"};
  if (std::any_of(line.begin(), line.end(), [](char c) { return g_ascii_iscntrl(c); }))
    return false;
  std::istringstream words(line.rfind(kPrefix, 0) == 0 ? line.substr(kPrefix.size()) : line);
  std::string foundation, component, transport, priority, address, port, typ, type;
  if (!(words >> foundation >> component >> transport >> priority >> address >> port >> typ >>
        type)) {
    return false;
  }
  const bool known_transport = LowerCase(transport) == "udp" || LowerCase(transport) == "tcp";
  return foundation.size() <= 32 && IsNumber(component, 1, 256) && known_transport &&
         IsNumber(priority, 0, UINT32_MAX) && IsNumber(port, 0, 65535) && typ == "typ" &&
         kTypes.count(type) != 0;
}

}  // namespace ball
