// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/receiver.h"

#include <gst/video/video.h>

#include <utility>

#include "apps/link/codec.h"
#include "apps/link/rtp_packet.h"
#include "plugins/rtptimestampmeta.h"

namespace ball {
namespace {

using std::chrono::steady_clock;

// The display waits for each frame's time, so that what was located in it is known by then.
std::string DisplayBranch(const std::string& sink) {
  if (sink.empty()) return {};
  return " frames. ! queue leaky=downstream max-size-buffers=60 max-size-bytes=0 max-size-time=0 "
         "! videoconvert ! video/x-raw,format=BGRx ! balloverlay name=overlay ! videoconvert ! " +
         sink;
}

std::string PipelineText(const Receiver::Settings& settings) {
  // A tee would keep the decoder from drawing into the shared memory, see shmpay.
  const std::string frames = settings.display.empty()
                                 ? "identity name=frames ! "
                                 : "tee name=frames allow-not-linked=true frames. ! ";
  return "webrtcbin name=peer " + frames + FrameHandoff::Text(settings.socket_path) +
         DisplayBranch(settings.display);
}

Ref<GstElement> ByName(const Ref<GstElement>& pipeline, const char* name) {
  return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), name));
}

}  // namespace

Receiver::Receiver(const Settings& settings, Events events)
    : settings_(settings), events_(std::move(events)) {}

std::string Receiver::Start() {
  std::string error = Build();
  if (!error.empty()) return error;
  if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    const std::string reason = StartError(pipeline_.get(), "see the log, GST_DEBUG=3");
    return "the receiving pipeline cannot be started (" + reason + "): check " +
           (reason.rfind("handoff", 0) == 0 ? "that you can write to /dev/shm" : "--display");
  }
  return {};
}

std::string Receiver::Build() {
  GError* raw_error = nullptr;
  pipeline_ = Ref<GstElement>::sink(gst_parse_launch(PipelineText(settings_).c_str(), &raw_error));
  const OwnedError error(raw_error);
  if (error) {
    return std::string("the receiving pipeline cannot be built (") + error->message +
           "): set GST_PLUGIN_PATH to the directory of libgstball.so, and check --display";
  }
  bus_ = std::make_unique<BusWatch>(
      pipeline_.get(),
      BusWatch::Events{[this](const std::string& element, const std::string& reason) {
                         events_.on_failed(element + ": " + reason);
                       },
                       {}});
  const auto webrtcbin = ByName(pipeline_, "peer");
  peer_ = std::make_unique<WebRtcPeer>(webrtcbin, settings_.peer, events_.peer);
  pad_added_ = SignalHandler(webrtcbin.get(), "pad-added", G_CALLBACK(OnPadAdded), this);
  AddProbe("frames", "sink", GST_PAD_PROBE_TYPE_BUFFER, OnDecoded);
  handoff_ = std::make_unique<FrameHandoff>(pipeline_.get(), events_.handoff);
  if (!settings_.display.empty()) AddProbe("overlay", "sink", GST_PAD_PROBE_TYPE_BUFFER, OnDisplay);
  if (!settings_.display.empty() && settings_.error_scale) {
    // Room for the thin truth in the broad answer.
    g_object_set(ByName(pipeline_, "overlay").get(), "error-scale", *settings_.error_scale,
                 "line-width", 4, "text", TRUE, nullptr);
  }
  return {};
}

void Receiver::AddProbe(const char* element, const char* pad, int type,
                        GstPadProbeCallback callback) {
  const auto owner = ByName(pipeline_, element);
  const auto static_pad = Ref<GstPad>::adopt(gst_element_get_static_pad(owner.get(), pad));
  gst_pad_add_probe(static_pad.get(), static_cast<GstPadProbeType>(type), callback, this, nullptr);
}

void Receiver::Silence() {
  bus_.reset();
  mailbox_.Close();
  if (handoff_) handoff_->Silence();
  if (peer_) peer_->Silence();
}

void Receiver::Leave() {
  if (peer_) peer_->Leave();
}

// Streaming thread, and so are all below.
void Receiver::OnPadAdded(GstElement*, GstPad* pad, gpointer self) {
  if (GST_PAD_IS_SRC(pad)) static_cast<Receiver*>(self)->AddDecoder(pad);
}

void Receiver::AddDecoder(GstPad* pad) {
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  // Null for a payload type that is known by its number alone.
  const char* raw_name =
      caps ? gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "encoding-name")
           : nullptr;
  const std::string name = raw_name == nullptr ? "one without a name" : raw_name;
  const auto codec = ParseCodec(name);
  const auto fail = [this](const std::string& reason) {
    mailbox_.Post([this, reason] { events_.on_failed(reason); });
  };
  // Of which we could show none beside the first, and which GStreamer takes for an error.
  if (decoding_.exchange(true)) return fail("the peer sends more than one video");
  if (!codec) return fail("the peer sends a codec that we do not know: " + name);
  const std::string missing = MissingDecoder(*codec);
  if (!missing.empty()) {
    return fail("the GStreamer element " + missing + " is missing: install the GStreamer plugins");
  }
  codec_ = EncodingName(*codec);
  auto decoder = Ref<GstElement>::sink(
      gst_parse_bin_from_description(DecoderFragment(*codec).c_str(), TRUE, nullptr));
  // The bin takes a reference of its own to what is not floating any more.
  gst_bin_add(GST_BIN(pipeline_.get()), decoder.get());
  gst_element_link(decoder.get(), ByName(pipeline_, "frames").get());
  gst_element_sync_state_with_parent(decoder.get());
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, OnPacket, this, nullptr);
  const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(decoder.get(), "sink"));
  gst_pad_link(pad, sink.get());
}

GstPadProbeReturn Receiver::OnPacket(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<Receiver*>(data);
  const auto now = steady_clock::now();
  // No picture of a peer that is not who its description says.
  if (!self->peer_->IsVerified()) return GST_PAD_PROBE_DROP;
  GstBuffer* packet = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GST_PAD_PROBE_INFO_DATA(info) = packet;
  if (const auto id = ReadRtpTimestamp(packet)) {
    self->journal_.Arrived(*id, now);
    SetRtpTimestamp(packet, *id);
  }
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn Receiver::OnDecoded(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<Receiver*>(data);
  const auto now = steady_clock::now();
  if (const auto id = GetRtpTimestamp(GST_PAD_PROBE_INFO_BUFFER(info))) {
    self->journal_.Decoded(*id, now);
  }
  if (!self->described_.exchange(true)) self->DescribeVideo(pad);
  return GST_PAD_PROBE_OK;
}

void Receiver::DescribeVideo(GstPad* pad) {
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  GstVideoInfo info;
  if (!caps || !gst_video_info_from_caps(&info, caps.get())) return;
  const std::string description = codec_ + " " + std::to_string(GST_VIDEO_INFO_WIDTH(&info)) + "x" +
                                  std::to_string(GST_VIDEO_INFO_HEIGHT(&info));
  mailbox_.Post([this, description] { events_.on_video(description); });
}

GstPadProbeReturn Receiver::OnDisplay(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<Receiver*>(data);
  GstBuffer* frame = GST_PAD_PROBE_INFO_BUFFER(info);
  const auto id = GetRtpTimestamp(frame);
  if (!id) return GST_PAD_PROBE_OK;
  const auto located = self->journal_.Find(*id);
  const auto truth = self->journal_.FindTruth(*id);
  if (!located && !truth) return GST_PAD_PROBE_OK;
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  GstVideoInfo video;
  if (!caps || !gst_video_info_from_caps(&video, caps.get())) return GST_PAD_PROBE_OK;
  frame = gst_buffer_make_writable(frame);
  GST_PAD_PROBE_INFO_DATA(info) = frame;
  const int width = GST_VIDEO_INFO_WIDTH(&video);
  const int height = GST_VIDEO_INFO_HEIGHT(&video);
  if (located) AttachAnswer(frame, *located, width, height);
  if (truth) AttachTruth(frame, *truth, width, height);
  return GST_PAD_PROBE_OK;
}

}  // namespace ball
