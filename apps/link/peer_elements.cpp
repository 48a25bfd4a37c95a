// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/peer_elements.h"

#include <atomic>
#include <string_view>

#include "apps/link/glib_ptr.h"
#include "apps/link/handshake_packets.h"
#include "apps/link/queue_bypass.h"

namespace ball {
namespace {

// What feedback is allowed to take is 5 % of this (RFC 4585, section 3.5.2): with 1 Mbit/s a NACK
// waits for 30 ms at most, instead of several 100 ms, until when the packet is given up. It is no
// limit for the media.
constexpr double kSessionBandwidth = 1e6;  // bit/s
// Regular reports: the sender's bit rate follows them.
constexpr GstClockTime kReportInterval = 500 * GST_MSECOND;
// By itself the jitter buffer asks again only after a round trip, when it is too late for a third
// time. With 5 % loss and a round trip of 100 ms, one packet in ten that was lost did not come.
constexpr int kNackInterval = 40;  // ms
// So many GStreamer tells apart.
constexpr guint kSctpAssociations = 65535;

void HurryFeedback(GstElement* rtpsession) {
  GObject* raw = nullptr;
  g_object_get(rtpsession, "internal-session", &raw, nullptr);
  const auto session = Ref<GObject>::adopt(raw);
  if (!session) return;
  g_object_set(session.get(), "bandwidth", kSessionBandwidth, "rtcp-min-interval", kReportInterval,
               nullptr);
}

// A round trip is the time between a sender report and what a peer answers to it. By the time of
// day, as is the default, it would change when somebody sets that. RFC 3550, section 6.4.1, allows
// for the time since the session began.
void ReportMonotonicTime(GstElement* rtpsession) {
  gst_util_set_object_arg(G_OBJECT(rtpsession), "ntp-time-source", "running-time");
}

Ref<GstCaps> CapsOfFirstSink(GstPad* source) {
  const auto element = Ref<GstElement>::adopt(gst_pad_get_parent_element(source));
  GstPad* sink = nullptr;
  gst_element_foreach_sink_pad(
      element.get(),
      [](GstElement*, GstPad* pad, gpointer first) -> gboolean {
        *static_cast<GstPad**>(first) = pad;
        return FALSE;
      },
      &sink);
  return Ref<GstCaps>::adopt(sink == nullptr ? nullptr : gst_pad_get_current_caps(sink));
}

GstPadProbeReturn DescribeStream(GstPad* pad, GstPadProbeInfo* info, gpointer) {
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) return GST_PAD_PROBE_OK;
  const auto stream = CapsOfFirstSink(pad);
  if (!stream) return GST_PAD_PROBE_OK;
  GST_PAD_PROBE_INFO_DATA(info) = gst_event_new_caps(stream.get());
  gst_event_unref(event);
  return GST_PAD_PROBE_OK;
}

// Of the stream (we send one) rtpfunnel tells what is behind it no more than that it is RTP. Not
// knowing how fast its clock runs, the RTP session asks while it writes its first report, and lets
// its lock go meanwhile: up to GStreamer 1.22.2 the peer's first report, where it comes just then,
// changes the table that is being walked through, which is a GLib critical.
void DescribeStreamBehind(GstElement* funnel) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(funnel, "src"));
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, DescribeStream, nullptr,
                    nullptr);
}

// webrtcbin gives rtpreddec its list of RED's payload types anew whenever it has made another
// element, as it does for a stream's first packet. A second one that comes while there is no list
// passes as it is, nobody takes it, and the stream stops (GStreamer 1.22). With one type beside the
// list rtpreddec waits for its lock, and that type stays.
void KeepRedType(GObject* rtpreddec, GParamSpec*, gpointer) {
  GValue types = G_VALUE_INIT;
  g_object_get_property(rtpreddec, "payloads", &types);
  if (gst_value_array_get_size(&types) > 0) {
    g_object_set_property(rtpreddec, "pt", gst_value_array_get_value(&types, 0));
  }
  g_value_unset(&types);
}

void KeepRedTypeOf(GstElement* rtpreddec) {
  KeepRedType(G_OBJECT(rtpreddec), nullptr, nullptr);
  g_signal_connect(rtpreddec, "notify::payloads", G_CALLBACK(KeepRedType), nullptr);
}

// Where packets wait until their peer's path is known. Later each would only be given to another
// thread there, at both ends: 3 % of the loop's CPU time.
bool IsReceiveQueue(GstElement* element) {
  const GstObject* bin = GST_OBJECT_PARENT(element);
  return IsA(element, "queue") && bin != nullptr &&
         std::string_view(G_OBJECT_TYPE_NAME(bin)) == "TransportReceiveBin";
}

GstPadProbeReturn Drop(GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_DROP; }

void DropPackets(const GValue* element, gpointer) {
  gst_element_foreach_sink_pad(
      GST_ELEMENT(g_value_get_object(element)),
      [](GstElement*, GstPad* pad, gpointer) -> gboolean {
        gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, Drop, nullptr, nullptr);
        return TRUE;
      },
      nullptr);
}

}  // namespace

bool IsA(GstElement* element, const char* factory_name) {
  GstElementFactory* factory = gst_element_get_factory(element);
  return factory != nullptr && g_strcmp0(GST_OBJECT_NAME(factory), factory_name) == 0;
}

void ForEachElement(GstIterator* elements, GstIteratorForeachFunction call, gpointer data) {
  while (gst_iterator_foreach(elements, call, data) == GST_ITERATOR_RESYNC) {
    gst_iterator_resync(elements);
  }
  gst_iterator_free(elements);
}

guint NextSctpAssociation() {
  static std::atomic<guint> given{0};
  return 1 + given++ % kSctpAssociations;
}

void SetUpPeerElement(GstElement* element, const std::string& identity, guint association) {
  if (IsA(element, "rtpjitterbuffer")) {
    // Otherwise the first packet waits for the whole latency, in case it was not the first, and the
    // frames behind it come in a burst. And in a pause the next packet would be asked for, given
    // up, and thrown away when it comes.
    g_object_set(element, "faststart-min-packets", 1, "rtx-retry-timeout", kNackInterval,
                 "rtx-next-seqnum", FALSE, nullptr);
  }
  if (IsA(element, "rtpsession")) {
    HurryFeedback(element);
    ReportMonotonicTime(element);
  }
  if (IsA(element, "appsrc")) {
    // A data channel's. webrtcbin takes its error for the channel's end, and releases neither the
    // message, and with it the element, nor what it stores of it (1.22). An association that breaks
    // is told by sctpenc.
    gst_element_set_bus(element, nullptr);
  }
  if (IsReceiveQueue(element)) BypassQueue(element);
  if (IsA(element, "rtpreddec")) KeepRedTypeOf(element);
  if (IsA(element, "rtpfunnel")) DescribeStreamBehind(element);
  if (IsA(element, "dtlsdec") && !identity.empty()) {
    g_object_set(element, "pem", identity.c_str(), nullptr);
  }
  if (IsA(element, "dtlsenc")) SendHandshakesTwice(element, IsDtlsHandshake);
  if (IsA(element, "sctpenc")) SendHandshakesTwice(element, IsSctpSetUp);
  if (IsA(element, "sctpdec") || IsA(element, "sctpenc")) {
    g_object_set(element, "sctp-association-id", association, nullptr);
  }
  if (IsA(element, "funnel")) {
    // Otherwise it repeats the events of RTP, RTCP and data whenever packets of another one of them
    // come, twice a frame, and no one behind it listens.
    g_object_set(element, "forward-sticky-events", FALSE, nullptr);
  }
}

void RefusePackets(GstElement* webrtcbin) {
  ForEachElement(gst_bin_iterate_all_by_element_factory_name(GST_BIN(webrtcbin), "srtpdec"),
                 DropPackets, nullptr);
}

}  // namespace ball
