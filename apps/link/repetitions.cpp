// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/repetitions.h"

namespace ball {

void Repetitions::Watch(GstElement* sender) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(sender, "src"));
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, OnEvent, this, nullptr);
}

void Repetitions::SetRate(int rate) {
  const std::lock_guard guard(lock_);
  limit_.SetRate(rate);
}

void Repetitions::SetRoundTrip(std::chrono::nanoseconds round_trip) {
  const std::lock_guard guard(lock_);
  limit_.SetRoundTrip(round_trip);
}

// rtpsession makes such an event of each packet that a NACK names.
GstPadProbeReturn Repetitions::OnEvent(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<Repetitions*>(data);
  const GstStructure* asked = gst_event_get_structure(GST_PAD_PROBE_INFO_EVENT(info));
  guint number = 0;
  if (asked == nullptr || !gst_structure_has_name(asked, "GstRTPRetransmissionRequest") ||
      !gst_structure_get_uint(asked, "seqnum", &number)) {
    return GST_PAD_PROBE_OK;
  }
  const std::lock_guard guard(self->lock_);
  const bool allowed =
      self->limit_.Allows(static_cast<uint16_t>(number), std::chrono::steady_clock::now());
  return allowed ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

}  // namespace ball
