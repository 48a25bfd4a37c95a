// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/data_transport.h"

#include <utility>

namespace ball {

DataTransport::DataTransport(Ref<GstElement> webrtcbin, std::function<void()> on_up)
    : webrtcbin_(std::move(webrtcbin)), on_up_(std::move(on_up)) {}

Ref<GObject> DataTransport::Find() const {
  GObject* transport = nullptr;
  g_object_get(webrtcbin_.get(), "sctp-transport", &transport, nullptr);
  return Ref<GObject>::adopt(transport);
}

void DataTransport::Watch() {
  const auto transport = Find();
  if (!transport || std::exchange(watched_, true)) return;
  // Handlers are called in their order: webrtcbin's, which opens what channels there are, is done.
  state_ = SignalHandler(transport.get(), "notify::state", G_CALLBACK(OnState), this);
  Check(transport.get());
}

void DataTransport::OnState(GObject* transport, GParamSpec*, gpointer data) {
  static_cast<DataTransport*>(data)->Check(transport);
}

void DataTransport::Check(GObject* transport) {
  GstWebRTCSCTPTransportState state = GST_WEBRTC_SCTP_TRANSPORT_STATE_NEW;
  g_object_get(transport, "state", &state, nullptr);
  if (state == GST_WEBRTC_SCTP_TRANSPORT_STATE_CONNECTED && !up_.exchange(true)) on_up_();
}

bool DataTransport::IsComingUp() const { return !up_ && Find(); }

Ref<GstWebRTCDataChannel> DataTransport::MakeChannel(const std::string& label) const {
  // In order, one lost message would hold up all behind it, for a second and more.
  const Owned<GstStructure> options(
      gst_structure_new("options", "ordered", G_TYPE_BOOLEAN, FALSE, nullptr));
  GstWebRTCDataChannel* channel = nullptr;
  g_signal_emit_by_name(webrtcbin_.get(), "create-data-channel", label.c_str(), options.get(),
                        &channel);
  return Ref<GstWebRTCDataChannel>::adopt(channel);
}

}  // namespace ball
