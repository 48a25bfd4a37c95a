// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/dtls_transports.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "apps/link/peer_elements.h"

namespace ball {
namespace {

using Transports = std::vector<Ref<GstWebRTCDTLSTransport>>;

GstWebRTCDTLSTransport* TransportOf(gpointer object, const char* property) {
  GstWebRTCDTLSTransport* transport = nullptr;
  g_object_get(object, property, &transport, nullptr);
  return transport;
}

void AddUnique(Transports& transports, Ref<GstWebRTCDTLSTransport> transport) {
  const auto same = [&](const auto& other) { return other.get() == transport.get(); };
  if (transport && std::none_of(transports.begin(), transports.end(), same)) {
    transports.push_back(std::move(transport));
  }
}

// The transports that carry the session's media.
void AddMediaTransports(GstElement* webrtcbin, Transports& transports) {
  GArray* raw = nullptr;
  g_signal_emit_by_name(webrtcbin, "get-transceivers", &raw);
  const auto transceivers = Ref<GArray>::adopt(raw);
  for (guint i = 0; transceivers && i < transceivers->len; ++i) {
    auto* transceiver = g_array_index(transceivers.get(), GstWebRTCRTPTransceiver*, i);
    for (const char* half : {"sender", "receiver"}) {
      GObject* end = nullptr;
      g_object_get(transceiver, half, &end, nullptr);
      const auto owned = Ref<GObject>::adopt(end);
      if (owned) {
        AddUnique(transports,
                  Ref<GstWebRTCDTLSTransport>::adopt(TransportOf(owned.get(), "transport")));
      }
    }
  }
}

void AddDataTransport(GstElement* webrtcbin, Transports& transports) {
  GObject* raw = nullptr;
  g_object_get(webrtcbin, "sctp-transport", &raw, nullptr);
  const auto sctp = Ref<GObject>::adopt(raw);
  if (sctp) {
    AddUnique(transports, Ref<GstWebRTCDTLSTransport>::adopt(TransportOf(sctp.get(), "transport")));
  }
}

void LeaveIceIn(const GValue* element, gpointer transports) {
  gpointer bin = g_value_get_object(element);
  if (std::string_view(G_OBJECT_TYPE_NAME(bin)) != "TransportReceiveBin") return;
  for (const auto& transport : *static_cast<Transports*>(transports)) {
    GObject* raw = nullptr;
    g_object_get(transport.get(), "transport", &raw, nullptr);
    const auto ice = Ref<GObject>::adopt(raw);
    if (ice) g_signal_handlers_disconnect_by_data(ice.get(), bin);
  }
}

}  // namespace

std::vector<Ref<GstWebRTCDTLSTransport>> DtlsTransportsOf(GstElement* webrtcbin) {
  Transports transports;
  AddMediaTransports(webrtcbin, transports);
  AddDataTransport(webrtcbin, transports);
  return transports;
}

void LeaveIce(GstElement* webrtcbin) {
  Transports transports = DtlsTransportsOf(webrtcbin);
  ForEachElement(gst_bin_iterate_elements(GST_BIN(webrtcbin)), LeaveIceIn, &transports);
}

std::string RemoteCertificate(GstWebRTCDTLSTransport* transport) {
  char* pem = nullptr;
  g_object_get(transport, "remote-certificate", &pem, nullptr);
  const OwnedString owned(pem);
  return owned ? owned.get() : "";
}

}  // namespace ball
