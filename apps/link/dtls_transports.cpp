// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/dtls_transports.h"

#include <algorithm>
#include <utility>

namespace ball {
namespace {

GstWebRTCDTLSTransport* TransportOf(gpointer object, const char* property) {
  GstWebRTCDTLSTransport* transport = nullptr;
  g_object_get(object, property, &transport, nullptr);
  return transport;
}

void AddUnique(std::vector<Ref<GstWebRTCDTLSTransport>>& transports,
               Ref<GstWebRTCDTLSTransport> transport) {
  const auto same = [&](const auto& other) { return other.get() == transport.get(); };
  if (transport && std::none_of(transports.begin(), transports.end(), same)) {
    transports.push_back(std::move(transport));
  }
}

// The transports that carry the session's media.
void AddMediaTransports(GstElement* webrtcbin,
                        std::vector<Ref<GstWebRTCDTLSTransport>>& transports) {
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

void AddDataTransport(GstElement* webrtcbin, std::vector<Ref<GstWebRTCDTLSTransport>>& transports) {
  GObject* raw = nullptr;
  g_object_get(webrtcbin, "sctp-transport", &raw, nullptr);
  const auto sctp = Ref<GObject>::adopt(raw);
  if (sctp) {
    AddUnique(transports, Ref<GstWebRTCDTLSTransport>::adopt(TransportOf(sctp.get(), "transport")));
  }
}

}  // namespace

std::vector<Ref<GstWebRTCDTLSTransport>> DtlsTransportsOf(GstElement* webrtcbin) {
  std::vector<Ref<GstWebRTCDTLSTransport>> transports;
  AddMediaTransports(webrtcbin, transports);
  AddDataTransport(webrtcbin, transports);
  return transports;
}

std::string RemoteCertificate(GstWebRTCDTLSTransport* transport) {
  char* pem = nullptr;
  g_object_get(transport, "remote-certificate", &pem, nullptr);
  const OwnedString owned(pem);
  return owned ? owned.get() : "";
}

}  // namespace ball
