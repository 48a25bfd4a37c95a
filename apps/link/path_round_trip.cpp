// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/path_round_trip.h"

#include <optional>
#include <utility>

#include "apps/link/peer_elements.h"

namespace ball {
namespace {

using std::chrono::steady_clock;

void Probe(GstElement* element, const char* name, GstPadProbeCallback callback, gpointer data) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element, name));
  if (pad) gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, callback, data, nullptr);
}

// The first bytes of a packet: no more are read of it.
class Head {
 public:
  explicit Head(GstPadProbeInfo* info)
      : size_(
            gst_buffer_extract(GST_PAD_PROBE_INFO_BUFFER(info), 0, bytes_.data(), bytes_.size())) {}
  std::span<const uint8_t> bytes() const { return {bytes_.data(), size_}; }

 private:
  std::array<uint8_t, 16> bytes_{};
  size_t size_;
};

}  // namespace

PathRoundTrip::PathRoundTrip(GstElement* webrtcbin, OnRoundTrip on_round_trip)
    : on_round_trip_(std::move(on_round_trip)),
      handler_(webrtcbin, "deep-element-added", G_CALLBACK(OnElement), this) {}

void PathRoundTrip::OnElement(GstBin*, GstBin*, GstElement* element, gpointer self) {
  if (IsA(element, "sctpenc")) Probe(element, "src", OnSent, self);
  if (!IsA(element, "sctpdec")) return;
  Probe(element, "sink", OnReceived, self);
}

GstPadProbeReturn PathRoundTrip::OnSent(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<PathRoundTrip*>(data);
  const Head head(info);
  const std::lock_guard guard(self->lock_);
  self->handshake_.Sent(head.bytes(), steady_clock::now());
  return self->handshake_.Over() ? GST_PAD_PROBE_REMOVE : GST_PAD_PROBE_OK;
}

GstPadProbeReturn PathRoundTrip::OnReceived(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<PathRoundTrip*>(data);
  const Head head(info);
  std::optional<std::chrono::nanoseconds> round_trip;
  bool over = false;
  {
    const std::lock_guard guard(self->lock_);
    round_trip = self->handshake_.Received(head.bytes(), steady_clock::now());
    over = self->handshake_.Over();
  }
  if (round_trip) self->on_round_trip_(*round_trip);
  return over ? GST_PAD_PROBE_REMOVE : GST_PAD_PROBE_OK;
}

}  // namespace ball
