// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/receiver_reports.h"

#include <gst/rtp/gstrtcpbuffer.h>

#include <utility>

namespace ball {
namespace {

using std::chrono::nanoseconds;

// From 1900, where NTP counts from, to 1970.
constexpr guint64 kNtpSeconds = 2208988800;
// What takes longer was measured while the clock was set.
constexpr std::chrono::seconds kLongestRoundTrip{10};

// The middle 32 bits of the NTP time, as sender reports have them: in 1/65536 s.
uint32_t NtpNow() {
  const auto now = static_cast<guint64>(g_get_real_time());
  const guint64 seconds = now / G_USEC_PER_SEC + kNtpSeconds;
  return static_cast<uint32_t>((seconds << 16) | ((now % G_USEC_PER_SEC) << 16) / G_USEC_PER_SEC);
}

// Of a time in 1/65536 s.
nanoseconds Duration(uint32_t time) {
  return nanoseconds(static_cast<int64_t>(time) * GST_SECOND / 65536);
}

std::optional<nanoseconds> RoundTrip(uint32_t last_report, uint32_t held) {
  if (last_report == 0) return {};
  const uint32_t passed = NtpNow() - last_report - held;
  const nanoseconds round_trip = Duration(passed);
  return round_trip < kLongestRoundTrip ? std::optional(round_trip) : std::nullopt;
}

ReceiverReport Block(GstRTCPPacket* packet, guint i) {
  ReceiverReport report;
  guint8 fraction = 0;
  gint32 lost = 0;
  guint32 highest = 0;
  guint32 jitter = 0;
  guint32 last_report = 0;
  guint32 held = 0;
  gst_rtcp_packet_get_rb(packet, i, &report.ssrc, &fraction, &lost, &highest, &jitter, &last_report,
                         &held);
  report.lost = fraction / 256.0;
  report.latest = highest;
  report.held = Duration(held);
  report.round_trip = RoundTrip(last_report, held);
  return report;
}

}  // namespace

ReceiverReports::ReceiverReports(GstElement* rtpsession, Events events)
    : events_(std::move(events)) {
  GObject* raw = nullptr;
  g_object_get(rtpsession, "internal-session", &raw, nullptr);
  session_ = Ref<GObject>::adopt(raw);
  handler_ = SignalHandler(session_.get(), "on-receiving-rtcp", G_CALLBACK(OnRtcp), this);
}

void ReceiverReports::OnRtcp(GObject*, GstBuffer* buffer, gpointer data) {
  auto* self = static_cast<ReceiverReports*>(data);
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  if (!gst_rtcp_buffer_map(buffer, GST_MAP_READ, &rtcp)) return;
  bool asks = false;
  GstRTCPPacket packet;
  for (gboolean more = gst_rtcp_buffer_get_first_packet(&rtcp, &packet); more;
       more = gst_rtcp_packet_move_to_next(&packet)) {
    const GstRTCPType type = gst_rtcp_packet_get_type(&packet);
    if (type == GST_RTCP_TYPE_RTPFB || type == GST_RTCP_TYPE_PSFB) asks = true;
    if (type != GST_RTCP_TYPE_RR && type != GST_RTCP_TYPE_SR) continue;
    for (guint i = 0; i < gst_rtcp_packet_get_rb_count(&packet); ++i) {
      self->events_.on_report(Block(&packet, i));
    }
  }
  if (asks) self->events_.on_request();
  gst_rtcp_buffer_unmap(&rtcp);
}

}  // namespace ball
