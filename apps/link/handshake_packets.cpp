// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/handshake_packets.h"

#include "apps/link/glib_ptr.h"
#include "apps/link/sctp_packet.h"

namespace ball {
namespace {

using Predicate = bool (*)(std::span<const uint8_t>);

constexpr uint8_t kChangeCipherSpec = 20;
constexpr uint8_t kHandshake = 22;

constexpr size_t kPayloadProtocol = sctp::kCommonHeader + 12;
constexpr uint8_t kDataChannelEstablishment = 50;

GstPadProbeReturn OnBuffer(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return GST_PAD_PROBE_OK;
  const bool twice = reinterpret_cast<Predicate>(data)({map.data, map.size});
  gst_buffer_unmap(buffer, &map);
  const auto peer = Ref<GstPad>::adopt(twice ? gst_pad_get_peer(pad) : nullptr);
  // What becomes of it the next one will tell.
  if (peer) gst_pad_chain(peer.get(), gst_buffer_copy(buffer));
  return GST_PAD_PROBE_OK;
}

}  // namespace

bool IsDtlsHandshake(std::span<const uint8_t> datagram) {
  return !datagram.empty() && (datagram[0] == kHandshake || datagram[0] == kChangeCipherSpec);
}

bool IsSctpSetUp(std::span<const uint8_t> packet) {
  if (packet.size() < sctp::kCommonHeader + 4) return false;
  switch (packet[sctp::kCommonHeader]) {
    case sctp::kInit:
    case sctp::kInitAck:
    case sctp::kCookieEcho:
    case sctp::kCookieAck:
      return true;
    case sctp::kData:
      // A number of four bytes.
      return packet.size() >= kPayloadProtocol + 4 && packet[kPayloadProtocol] == 0 &&
             packet[kPayloadProtocol + 1] == 0 && packet[kPayloadProtocol + 2] == 0 &&
             packet[kPayloadProtocol + 3] == kDataChannelEstablishment;
    default:
      return false;
  }
}

void SendHandshakesTwice(GstElement* encoder, Predicate is_handshake) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder, "src"));
  if (!pad) return;
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, OnBuffer,
                    reinterpret_cast<gpointer>(is_handshake), nullptr);
}

}  // namespace ball
