// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/loop/peers.h"

#include <gst/video/video.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "apps/wire/coordinate_message.h"
#include "plugins/rtptimestampmeta.h"
#include "tests/patience.h"
#include "tests/run_until.h"

namespace ball {
namespace {

using std::chrono::steady_clock;

// What is darker than this is background: encoders make it a little uneven.
constexpr int kBackground = 60;

// Fills in the centroid of a frame's bright pixels.
void FindBall(GstVideoFrame& frame, SeenFrame& seen) {
  const auto* luma = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0));
  double sum = 0;
  for (int row = 0; row < GST_VIDEO_FRAME_HEIGHT(&frame); ++row) {
    const guint8* line = luma + row * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
    for (int column = 0; column < GST_VIDEO_FRAME_WIDTH(&frame); ++column) {
      const int light = std::max(0, line[column] - kBackground);
      sum += light;
      seen.x += light * (column + 0.5);
      seen.y += light * (row + 0.5);
    }
  }
  seen.x /= std::max(1.0, sum);
  seen.y /= std::max(1.0, sum);
}

SeenFrame See(GstPad* pad, GstBuffer* buffer) {
  SeenFrame seen;
  seen.id = GetRtpTimestamp(buffer);
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  GstVideoInfo info;
  GstVideoFrame frame;
  if (caps && gst_video_info_from_caps(&info, caps.get()) &&
      gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ)) {
    FindBall(frame, seen);
    gst_video_frame_unmap(&frame);
  }
  return seen;
}

WebRtcPeer::Events LoggedTo(PeerLog& log) {
  WebRtcPeer::Events events;
  events.on_local_description = [&log](const std::string& sdp) { log.description = sdp; };
  events.on_connected = [&log] { log.connected = true; };
  events.on_remote_channel = [&log](const std::string& label) {
    log.remote_channels.push_back(label);
  };
  events.on_channel_open = [&log](const std::string& label) { log.open_channels.push_back(label); };
  events.on_message = [&log](const std::string& text, steady_clock::time_point) {
    log.messages.push_back(text);
  };
  events.on_excess =
      events.on_failed = [&log](const std::string& reason) { log.failures.push_back(reason); };
  return events;
}

std::string MakeDirectory() {
  return OwnedString(g_dir_make_tmp("gst-ball-loop-XXXXXX", nullptr)).get();
}

// What the frame probe of a pipeline needs, which outlives the client's end.
struct Eye {
  std::shared_ptr<Mailbox> mailbox;
  std::function<void(const SeenFrame&)> note;
};

}  // namespace

SourcePipeline::Settings TestSource(Codec codec) {
  SourcePipeline::Settings settings;
  settings.source =
      "ballsrc is-live=true ball-color=0xffffffff background=solid background-color=0xff000000 "
      "radius=20 speed=300 direction=30";
  settings.width = 320;
  settings.height = 240;
  // Under a sanitizer the peers are slower, of which codecs, the most of it, notice nothing.
  settings.framerate = kSlowdown > 1 ? "20/1" : "60/1";
  settings.codec = codec;
  return settings;
}

RunningSource::RunningSource(Codec codec)
    : pipeline_({[this] { ready_ = true; }, [this] { failures_.emplace_back("end"); },
                 [this](const std::string& reason) { failures_.push_back(reason); }}) {
  const std::string error = pipeline_.Start(TestSource(codec));
  if (!error.empty()) failures_.push_back(error);
  if (!RunUntil([this] { return ready_ || !failures_.empty(); })) failures_.emplace_back("no caps");
}

bool PeerLog::IsOpen(const std::string& label) const {
  return std::find(open_channels.begin(), open_channels.end(), label) != open_channels.end();
}

ServerEnd::ServerEnd(SourcePipeline& source, Codec codec, Teardown& teardown,
                     const std::string& ice_address)
    : teardown_(teardown) {
  SessionMedia::Settings settings;
  settings.codec = codec;
  settings.peer.ice.address = ice_address;
  // A slow machine is not what these tests are about.
  settings.ledger.late_after = std::chrono::minutes(1);
  settings.ledger.forget_after = std::chrono::minutes(2);
  SessionMedia::Events events;
  events.on_ready = [this] {
    peer().OpenChannel("session");
    peer().CreateOffer();
  };
  events.on_round_trip = [this](std::chrono::nanoseconds round_trip) {
    log_.round_trips.push_back(round_trip);
  };
  events.on_truth = [this](RtpTimestamp id, const Ball& ball) { told_.push_back({id, ball}); };
  events.peer = LoggedTo(log_);
  events.peer.on_connected = [this] {
    log_.connected = true;
    // The sessions' own way of finding out that frames arrive is not what is tested here.
    media_->OpenGate();
    media_->StartFrames();
  };
  events.peer.on_message = [this](const std::string& text, steady_clock::time_point arrived) {
    log_.messages.push_back(text);
    if (const auto message = ParseCoordinateMessage(text)) {
      media_->ledger().Receive(*message, arrived);
    }
  };
  media_ = std::make_unique<SessionMedia>(settings, source, events);
  const std::string error = media_->Start();
  if (!error.empty()) log_.failures.push_back(error);
}

ServerEnd::~ServerEnd() {
  media_->Silence();
  teardown_.Bury(std::move(media_));
}

ClientEnd::ClientEnd(Teardown& teardown, const std::string& ice_address)
    : teardown_(teardown), directory_(MakeDirectory()), mailbox_(std::make_shared<Mailbox>()) {
  Receiver::Settings settings;
  settings.peer.ice.address = ice_address;
  settings.socket_path = directory_ + "/frames";
  Receiver::Events events;
  events.peer = LoggedTo(log_);
  // Not before: a channel that is made while the association comes up may never open.
  events.peer.on_remote_channel = [this](const std::string& label) {
    log_.remote_channels.push_back(label);
    if (label == "session") peer().OpenChannel("coordinates");
  };
  events.peer.on_channel_open = [this](const std::string& label) {
    log_.open_channels.push_back(label);
    if (label == "coordinates") {
      for (const SeenFrame& frame : std::exchange(unanswered_, {})) Answer(frame);
    }
  };
  events.on_video = [this](const std::string& description) { video_ = description; };
  events.on_failed = events.peer.on_failed;
  receiver_ = std::make_unique<Receiver>(settings, events);
  const std::string error = receiver_->Start();
  if (!error.empty()) log_.failures.push_back(error);
  Watch();
}

ClientEnd::~ClientEnd() {
  mailbox_->Close();
  receiver_->Silence();
  teardown_.Bury(std::move(receiver_));
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

Ref<GstPad> ServerEnd::packets() {
  const auto rtpbin = FirstOf(media_->pipeline(), "rtpbin");
  return Ref<GstPad>::adopt(gst_element_get_static_pad(rtpbin.get(), "send_rtp_src_0"));
}

// Behind the receiver's own probe, which notes that the frame is decoded.
void ClientEnd::Watch() {
  const auto tee =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(receiver_->pipeline()), "frames"));
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(tee.get(), "sink"));
  auto* eye = new Eye{mailbox_, [this](const SeenFrame& frame) { Note(frame); }};
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, OnFrame, eye,
                    [](gpointer data) { delete static_cast<Eye*>(data); });
}

GstPadProbeReturn ClientEnd::OnFrame(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  auto* eye = static_cast<Eye*>(data);
  const SeenFrame frame = See(pad, GST_PAD_PROBE_INFO_BUFFER(info));
  eye->mailbox->Post([note = eye->note, frame] { note(frame); });
  return GST_PAD_PROBE_OK;
}

void ClientEnd::Note(const SeenFrame& frame) {
  seen_.push_back(frame);
  if (log_.IsOpen("coordinates")) {
    Answer(frame);
  } else {
    unanswered_.push_back(frame);
  }
}

void ClientEnd::Answer(const SeenFrame& frame) {
  LocatorMessage located;
  located.rtp_timestamp = frame.id;
  located.found = true;
  located.x = frame.x;
  located.y = frame.y;
  located.radius = 20;
  located.confidence = 1;
  const auto message = receiver_->journal().Answer(located, steady_clock::now());
  if (message) peer().Send("coordinates", SerializeCoordinateMessage(*message));
}

void ClientEnd::RequestKeyFrame() {
  const auto webrtcbin =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(receiver_->pipeline()), "peer"));
  gst_element_foreach_src_pad(
      webrtcbin.get(),
      [](GstElement*, GstPad* pad, gpointer) -> gboolean {
        return gst_pad_send_event(
            pad, gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
      },
      nullptr);
}

Ref<GstElement> FirstOf(GstElement* pipeline, const char* factory) {
  GstIterator* elements = gst_bin_iterate_all_by_element_factory_name(GST_BIN(pipeline), factory);
  GValue value = G_VALUE_INIT;
  Ref<GstElement> element;
  if (gst_iterator_next(elements, &value) == GST_ITERATOR_OK) {
    element = Ref<GstElement>::retain(GST_ELEMENT(g_value_get_object(&value)));
    g_value_unset(&value);
  }
  gst_iterator_free(elements);
  return element;
}

bool Connect(ServerEnd& server, ClientEnd& client, const Tamper& offer, const Tamper& answer) {
  const auto ended = [](const PeerLog& log) { return log.connected || !log.failures.empty(); };
  const auto described = [](const PeerLog& log) {
    return log.description.has_value() || !log.failures.empty();
  };
  if (!RunUntil([&] { return described(server.log()); })) return false;
  if (!server.log().description || !client.log().failures.empty()) return false;
  const std::string& offered = *server.log().description;
  if (!client.peer().AcceptOffer(offer ? offer(offered) : offered).empty()) return false;
  if (!RunUntil([&] { return described(client.log()); })) return false;
  if (!client.log().description) return false;
  const std::string& answered = *client.log().description;
  if (!server.peer().AcceptAnswer(answer ? answer(answered) : answered).empty()) return false;
  return RunUntil([&] { return ended(server.log()) && ended(client.log()); });
}

testing::AssertionResult AwaitAnswers(ServerEnd& server, ClientEnd& client, size_t count) {
  const auto answers = [&] { return server.media().ledger().Totals().messages.received; };
  if (RunUntil([&] { return answers() >= count; })) return testing::AssertionSuccess();
  auto failure = testing::AssertionFailure() << answers() << " answers; " << server.sent()
                                             << " frames sent, " << client.seen().size() << " seen";
  for (const std::string& reason : server.log().failures) failure << "; server: " << reason;
  for (const std::string& reason : client.log().failures) failure << "; client: " << reason;
  return failure;
}

}  // namespace ball
