// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/receiver_reports.h"

#include <utility>

namespace ball {
namespace {

using std::chrono::nanoseconds;

// What takes longer is no round trip: a peer may write what it likes.
constexpr std::chrono::seconds kLongestRoundTrip{10};
// Some fifty are usual where many packets are lost. Each one costs the main thread.
constexpr size_t kMostInASecond = 1000;

// The middle 32 bits of the time that our sender reports have (SetUpPeerElement), in 1/65536 s;
// nothing while the session has no clock.
std::optional<uint32_t> Now(GstElement* rtpsession) {
  const GstClockTime running = gst_element_get_current_running_time(rtpsession);
  if (!GST_CLOCK_TIME_IS_VALID(running)) return {};
  return static_cast<uint32_t>(gst_util_uint64_scale(running, 65536, GST_SECOND));
}

// Of a time in 1/65536 s.
nanoseconds Duration(uint32_t time) {
  return nanoseconds(static_cast<int64_t>(time) * GST_SECOND / 65536);
}

std::optional<nanoseconds> RoundTrip(std::optional<uint32_t> now, uint32_t last_report,
                                     uint32_t held) {
  if (!now || last_report == 0) return {};
  const nanoseconds round_trip = Duration(*now - last_report - held);
  return round_trip < kLongestRoundTrip ? std::optional(round_trip) : std::nullopt;
}

ReceiverReport Block(GstRTCPPacket* packet, guint i, std::optional<uint32_t> now) {
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
  report.round_trip = RoundTrip(now, last_report, held);
  return report;
}

}  // namespace

ReceiverReports::ReceiverReports(GstElement* rtpsession, Events events)
    : element_(Ref<GstElement>::retain(rtpsession)),
      events_(std::move(events)),
      rate_(kMostInASecond) {
  GObject* raw = nullptr;
  g_object_get(rtpsession, "internal-session", &raw, nullptr);
  session_ = Ref<GObject>::adopt(raw);
  handler_ = SignalHandler(session_.get(), "on-receiving-rtcp", G_CALLBACK(OnRtcp), this);
}

void ReceiverReports::OnRtcp(GObject*, GstBuffer* buffer, gpointer data) {
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  if (!gst_rtcp_buffer_map(buffer, GST_MAP_READ, &rtcp)) return;
  static_cast<ReceiverReports*>(data)->Read(&rtcp);
  gst_rtcp_buffer_unmap(&rtcp);
}

void ReceiverReports::Read(GstRTCPBuffer* rtcp) {
  const auto now = Now(element_.get());
  bool asks = false;
  GstRTCPPacket packet;
  for (gboolean more = gst_rtcp_buffer_get_first_packet(rtcp, &packet); more;
       more = gst_rtcp_packet_move_to_next(&packet)) {
    const GstRTCPType type = gst_rtcp_packet_get_type(&packet);
    if (type == GST_RTCP_TYPE_RTPFB || type == GST_RTCP_TYPE_PSFB) asks = true;
    if (type != GST_RTCP_TYPE_RR && type != GST_RTCP_TYPE_SR) continue;
    for (guint i = 0; i < gst_rtcp_packet_get_rb_count(&packet); ++i) {
      if (!Listens()) return;
      events_.on_report(Block(&packet, i, now));
    }
  }
  if (asks && Listens()) events_.on_request();
}

bool ReceiverReports::Listens() {
  return rate_.Add(std::chrono::steady_clock::now()) == MessageRate::Verdict::kPasses;
}

}  // namespace ball
