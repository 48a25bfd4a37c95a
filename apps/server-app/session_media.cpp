// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/session_media.h"

#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <optional>
#include <utility>

#include "apps/link/peer_elements.h"
#include "apps/link/rtp_caps.h"
#include "apps/link/rtp_packet.h"

namespace ball {
namespace {

// Frames that wait for a session's thread: more than these would only arrive late.
constexpr guint64 kMaxQueued = 3;
constexpr size_t kMaxUnderWay = 64;

GstBuffer* FirstBuffer(GstPadProbeInfo* info) {
  if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER_LIST) == 0) {
    return GST_PAD_PROBE_INFO_BUFFER(info);
  }
  GstBufferList* list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
  return gst_buffer_list_length(list) == 0 ? nullptr : gst_buffer_list_get(list, 0);
}

}  // namespace

SessionMedia::SessionMedia(const Settings& settings, SourcePipeline& source, Events events)
    : settings_(settings), source_(source), events_(std::move(events)), ledger_(settings.ledger) {}

std::string SessionMedia::Start() {
  std::string error = Build();
  if (!error.empty()) return error;
  ShareClock();
  const auto change = gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  return change == GST_STATE_CHANGE_FAILURE ? "the session's pipeline cannot be started" : "";
}

std::string SessionMedia::Build() {
  const std::string text = "appsrc name=frames format=time is-live=true min-latency=0 ! " +
                           PayloaderFragment(settings_.codec) +
                           " name=payloader webrtcbin name=peer";
  GError* raw_error = nullptr;
  pipeline_ = Ref<GstElement>::sink(gst_parse_launch(text.c_str(), &raw_error));
  const OwnedError error(raw_error);
  if (error) return std::string("the session's pipeline cannot be built: ") + error->message;
  const auto by_name = [this](const char* name) {
    return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name));
  };
  appsrc_ = by_name("frames");
  g_object_set(appsrc_.get(), "caps", source_.encoded_caps().get(), nullptr);
  const auto source_pad = Ref<GstPad>::adopt(gst_element_get_static_pad(appsrc_.get(), "src"));
  gst_pad_add_probe(source_pad.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, OnUpstreamEvent, this,
                    nullptr);
  bypass_.emplace(source_pad);
  bus_ = std::make_unique<BusWatch>(
      pipeline_.get(),
      BusWatch::Events{[this](const std::string& element, const std::string& reason) {
                         events_.peer.on_failed(element + ": " + reason);
                       },
                       {}});
  const auto webrtcbin = by_name("peer");
  peer_ = std::make_unique<WebRtcPeer>(webrtcbin, settings_.peer, PeerEvents());
  if (events_.on_round_trip) {
    path_ = std::make_unique<PathRoundTrip>(
        webrtcbin.get(), [this](std::chrono::nanoseconds round_trip) {
          mailbox_.Post([this, round_trip] { events_.on_round_trip(round_trip); });
        });
  }
  const auto payloader = by_name("payloader");
  if (settings_.rtp_origin) {
    g_object_set(payloader.get(), "timestamp-offset", *settings_.rtp_origin, nullptr);
  }
  LinkPeer(payloader.get(), webrtcbin.get());
  return {};
}

void SessionMedia::LinkPeer(GstElement* payloader, GstElement* webrtcbin) {
  peer_pad_ = Ref<GstPad>::adopt(gst_element_request_pad_simple(webrtcbin, "sink_%u"));
  GstWebRTCRTPTransceiver* raw = nullptr;
  g_object_get(peer_pad_.get(), "transceiver", &raw, nullptr);
  const auto transceiver = Ref<GstWebRTCRTPTransceiver>::adopt(raw);
  g_object_set(transceiver.get(), "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY,
               nullptr);
  Protect(transceiver.get(), settings_.peer.protection);
  // An offer that is made before the caps are here has no video section.
  caps_handler_ = SignalHandler(peer_pad_.get(), "notify::caps", G_CALLBACK(OnCaps), this);
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(payloader, "src"));
  gst_pad_add_probe(pad.get(), kPacketProbe, OnPackets, this, nullptr);
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, OnPayloadCaps, this, nullptr);
  gst_pad_link(pad.get(), peer_pad_.get());
}

void SessionMedia::ShareClock() {
  const auto clock = Ref<GstClock>::adopt(gst_pipeline_get_clock(GST_PIPELINE(source_.pipeline())));
  gst_pipeline_use_clock(GST_PIPELINE(pipeline_.get()), clock.get());
  gst_element_set_start_time(pipeline_.get(), GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(pipeline_.get(), gst_element_get_base_time(source_.pipeline()));
}

// Streaming thread.
void SessionMedia::OnCaps(GstPad*, GParamSpec*, gpointer data) {
  auto* self = static_cast<SessionMedia*>(data);
  self->mailbox_.Post([self] {
    if (const auto ready = std::exchange(self->events_.on_ready, {})) ready();
  });
}

void SessionMedia::StartFrames() {
  if (std::exchange(feeding_, true)) return;
  source_.fanout().Add(*this);
  source_.fanout().RequestKeyFrame();
}

void SessionMedia::StopFrames() {
  if (std::exchange(feeding_, false)) source_.fanout().Remove(*this);
}

// Where frames were held back the next one to be sent is a key frame.
void SessionMedia::OpenGate() {
  if (gate_.open()) return;
  gate_.Open();
  if (key_needed_) source_.fanout().RequestKeyFrame();
}

void SessionMedia::Pause(std::chrono::milliseconds time) {
  paused_until_ = std::chrono::steady_clock::now() + time;
}

WebRtcPeer::Events SessionMedia::PeerEvents() {
  WebRtcPeer::Events events = events_.peer;
  if (!events.on_receiver_report) return events;
  events.on_receiver_report = [this](const ReceiverReport& report) {
    // Of what is sent again there are reports, too, which say nothing about the rate.
    if (report.ssrc == ssrc_) events_.peer.on_receiver_report(report);
  };
  return events;
}

void SessionMedia::Silence() {
  StopFrames();
  bus_.reset();
  mailbox_.Close();
  if (peer_) peer_->Silence();
}

void SessionMedia::Leave() {
  if (peer_) peer_->Leave();
}

void SessionMedia::OnDrawn(const DrawnFrame& frame) {
  if (std::exchange(drawn_, true)) skipped_ += frame.skipped;
  ledger_.FrameDrawn(frame);
}

void SessionMedia::OnEncoded(GstBuffer* buffer, bool key, const DrawnFrame& frame) {
  if (std::chrono::steady_clock::now() < paused_until_.load(std::memory_order_relaxed) ||
      gst_app_src_get_current_level_buffers(GST_APP_SRC(appsrc_.get())) >= kMaxQueued) {
    return LeaveOut();
  }
  if (!gate_.Lets(key)) {
    key_needed_ = true;
    return;
  }
  if (key_needed_ && !key) {
    // Before the gate is open nothing was begun that would be interrupted.
    if (begun_) ++dropped_;
    return source_.fanout().RequestKeyFrame();
  }
  key_needed_ = false;
  begun_ = gate_.open();
  {
    const std::lock_guard guard(under_way_lock_);
    under_way_.push_back({GST_BUFFER_PTS(buffer), frame, gst_buffer_get_size(buffer)});
    if (under_way_.size() > kMaxUnderWay) under_way_.pop_front();
  }
  Hand(buffer);
}

// A lone session needs no thread beside the source's. Of many each has its own, so that none waits
// for another one; and a copy of its own, since each packet refers to the frame's memory, and their
// threads would wait for each other in the counters of the one.
void SessionMedia::Hand(GstBuffer* buffer) {
  if (source_.fanout().HasOneOutlet() && bypass_->IsOpen()) {
    bypass_->Push(gst_buffer_ref(buffer));
    return;
  }
  GstBuffer* copy = gst_buffer_copy_deep(buffer);
  bypass_->Leave(copy);
  gst_app_src_push_buffer(GST_APP_SRC(appsrc_.get()), copy);
}

// What follows a gap cannot be decoded: it goes on with a key frame, which is wished for once it
// can be sent.
void SessionMedia::LeaveOut() {
  key_needed_ = true;
  ++dropped_;
}

GstPadProbeReturn SessionMedia::OnPayloadCaps(GstPad*, GstPadProbeInfo* info, gpointer self) {
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) return GST_PAD_PROBE_OK;
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  const auto more = WithFeedback(static_cast<SessionMedia*>(self)->settings_.codec, caps);
  GST_PAD_PROBE_INFO_DATA(info) = gst_event_new_caps(more.get());
  gst_event_unref(event);
  return GST_PAD_PROBE_OK;
}

// The session's streaming thread: a frame's packets on their way to the peer.
GstPadProbeReturn SessionMedia::OnPackets(GstPad*, GstPadProbeInfo* info, gpointer self) {
  GstBuffer* packet = FirstBuffer(info);
  if (packet != nullptr) static_cast<SessionMedia*>(self)->NotePacket(packet);
  return GST_PAD_PROBE_OK;
}

void SessionMedia::NotePacket(GstBuffer* packet) {
  std::optional<UnderWay> found;
  {
    const std::lock_guard guard(under_way_lock_);
    while (!found && !under_way_.empty() &&
           under_way_.front().timestamp <= GST_BUFFER_PTS(packet)) {
      if (under_way_.front().timestamp == GST_BUFFER_PTS(packet)) found = under_way_.front();
      under_way_.pop_front();
    }
  }
  // Only the first packet of a frame finds its frame here.
  if (!found) return;
  const auto now = std::chrono::steady_clock::now();
  ssrc_ = ReadSsrc(packet);
  const auto id = ReadRtpTimestamp(packet);
  if (!id) return;
  const auto& truth = found->frame.truth;
  ledger_.FrameSent({*id, truth, found->frame.drawn, now, found->bytes});
  if (tells_truth_ && truth) {
    mailbox_.Post([this, id = *id, truth = *truth] { events_.on_truth(id, truth); });
  }
}

GstPadProbeReturn SessionMedia::OnUpstreamEvent(GstPad*, GstPadProbeInfo* info, gpointer self) {
  if (gst_video_event_is_force_key_unit(GST_PAD_PROBE_INFO_EVENT(info))) {
    static_cast<SessionMedia*>(self)->source_.fanout().RequestKeyFrame();
  }
  return GST_PAD_PROBE_OK;
}

}  // namespace ball
