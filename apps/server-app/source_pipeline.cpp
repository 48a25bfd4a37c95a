// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/source_pipeline.h"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include <cstdlib>
#include <utility>

#include "apps/server-app/encoder_rate.h"
#include "apps/server-app/frame_time.h"
#include "plugins/ballmeta.h"

namespace ball {
namespace {

using std::chrono::steady_clock;

// An encoder without look-ahead holds one or two; a codec that drops frames must not fill the
// memory.
constexpr size_t kMaxInEncoder = 64;

// Up to this rate our source skips what is overdue, as a camera does. At higher ones a moment in
// which the machine does something else is many frames, on which it catches up.
constexpr double kCameraRate = 100;
constexpr guint64 kMaxLateness = 100 * GST_MSECOND;

std::string RawCaps(const SourcePipeline::Settings& settings) {
  std::string caps = "video/x-raw,format=I420";
  if (settings.width > 0) caps += ",width=" + std::to_string(settings.width);
  if (settings.height > 0) caps += ",height=" + std::to_string(settings.height);
  if (!settings.framerate.empty()) caps += ",framerate=" + settings.framerate;
  return caps;
}

// Encoders may shift timestamps and segment together (x264enc by 1000 hours): only the running time
// tells which frame it is.
GstClockTime RunningTime(const GstSegment* segment, const GstBuffer* buffer) {
  return gst_segment_to_running_time(segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
}

GstClockTime RunningTime(GstPad* pad, const GstBuffer* buffer) {
  GstEvent* event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
  if (event == nullptr) return GST_BUFFER_PTS(buffer);
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(event, &segment);
  const GstClockTime running_time = RunningTime(segment, buffer);
  gst_event_unref(event);
  return running_time;
}

std::string EncoderText(const SourcePipeline::Settings& settings) {
  if (settings.encoder.empty()) return EncoderFragment(settings.codec, settings.bitrate);
  return OwnEncoderFragment(settings.codec, settings.encoder);
}

double Framerate(const GstVideoInfo& info) {
  return GST_VIDEO_INFO_FPS_N(&info) / static_cast<double>(GST_VIDEO_INFO_FPS_D(&info));
}

std::string OneDecimal(double number) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  return g_ascii_formatd(text, sizeof text, "%.1f", number);
}

}  // namespace

SourcePipeline::SourcePipeline(Events events)
    : events_(std::move(events)), fanout_([this] { ForceKeyFrame(); }) {}

SourcePipeline::~SourcePipeline() { Stop(); }

std::string SourcePipeline::Start(const Settings& settings) {
  settings_ = settings;
  const std::string error = Build(settings);
  return error.empty() ? Play() : error;
}

std::string SourcePipeline::Build(const Settings& settings) {
  const std::string fragment =
      settings.source.empty() ? "ballsrc is-live=true name=source" : settings.source;
  // videoconvert passes through where the source makes I420 itself, as ballsrc does. The sink must
  // not wait for a frame while what paces them waits until it plays.
  const std::string text =
      fragment + " ! clocksync name=pace sync=false ! videoconvert name=convert ! " +
      RawCaps(settings) + " ! " + EncoderText(settings) +
      " ! appsink name=encoded emit-signals=true sync=false async=false max-buffers=0";
  GError* raw_error = nullptr;
  pipeline_ = Ref<GstElement>::sink(gst_parse_launch(text.c_str(), &raw_error));
  const OwnedError error(raw_error);
  if (error) {
    return "the source '" + fragment + "' cannot be built (" + error->message +
           "): give --source a gst-launch line that ends in raw video" +
           (settings.encoder.empty() ? "" : ", and --encoder one that takes it");
  }
  const auto convert =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "convert"));
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(convert.get(), "sink"));
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, OnDrawn, this, nullptr);
  const auto raw = Ref<GstPad>::adopt(gst_element_get_static_pad(convert.get(), "src"));
  gst_pad_add_probe(raw.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, OnRawCaps, this, nullptr);
  encoder_sink_ = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "encoded"));
  bitrate_ = settings.bitrate;
  overshoots_ = false;
  new_sample_ = SignalHandler(encoder_sink_.get(), "new-sample", G_CALLBACK(OnSample), this);
  bus_ = std::make_unique<BusWatch>(
      pipeline_.get(),
      BusWatch::Events{[this](const std::string& element, const std::string& reason) {
                         events_.on_failed(element + ": " + reason);
                       },
                       [this] { events_.on_end(); }});
  return {};
}

void SourcePipeline::SetBitrate(int bitrate, bool overshoots) {
  if (!pipeline_ || !settings_.encoder.empty()) return;
  // Not for less than what no one can see.
  if (std::abs(bitrate - bitrate_) < bitrate_ / 50 && overshoots == overshoots_) return;
  const auto encoder =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "encoder"));
  SetEncoderRate(encoder.get(), {bitrate, settings_.bitrate, overshoots});
  bitrate_ = bitrate;
  overshoots_ = overshoots;
}

std::string SourcePipeline::Play() {
  const auto paused = gst_element_set_state(pipeline_.get(), GST_STATE_PAUSED);
  if (paused == GST_STATE_CHANGE_FAILURE) {
    return "the source cannot be started (" + StartError(pipeline_.get(), "see the log") +
           "): check --source" + (settings_.encoder.empty() ? "" : " and --encoder");
  }
  // A file or a non-live source would run as fast as it can: its frames are drawn at their time.
  live_ = paused == GST_STATE_CHANGE_NO_PREROLL;
  const auto pace = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "pace"));
  g_object_set(pace.get(), "sync", live_ ? FALSE : TRUE, nullptr);
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  return {};
}

// The sessions have this clock and this base time, so they must stay.
std::string SourcePipeline::Restart() {
  const auto clock = Ref<GstClock>::adopt(gst_pipeline_get_clock(GST_PIPELINE(pipeline_.get())));
  const GstClockTime base_time = gst_element_get_base_time(pipeline_.get());
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  gst_pipeline_use_clock(GST_PIPELINE(pipeline_.get()), clock.get());
  gst_element_set_start_time(pipeline_.get(), GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(pipeline_.get(), base_time);
  return Play();
}

void SourcePipeline::Stop() {
  bus_.reset();
  if (pipeline_) gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  mailbox_.Close();
}

// Before the first frame, and before the encoder sees the caps, since it makes its threads then.
GstPadProbeReturn SourcePipeline::OnRawCaps(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<SourcePipeline*>(data);
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS || !self->encoder_text_.empty()) {
    return GST_PAD_PROBE_OK;
  }
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  GstVideoInfo video;
  if (gst_video_info_from_caps(&video, caps)) {
    self->SetUpSource(Framerate(video));
    self->SetUpEncoder({self->settings_.codec, GST_VIDEO_INFO_WIDTH(&video),
                        GST_VIDEO_INFO_HEIGHT(&video), Framerate(video)});
  }
  return GST_PAD_PROBE_OK;
}

void SourcePipeline::SetUpSource(double framerate) {
  if (!settings_.source.empty() || framerate <= kCameraRate) return;
  const auto source =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "source"));
  g_object_set(source.get(), "max-lateness", kMaxLateness, nullptr);
}

void SourcePipeline::SetUpEncoder(const EncoderTask& task) {
  if (!settings_.encoder.empty()) {
    encoder_text_ = settings_.encoder;
    return;
  }
  std::string why;
  EncoderChoice choice = ChooseEncoder(task, load_.usable_processors());
  if (settings_.encoder_threads != 0) {
    choice = EncoderWithThreads(task.codec, settings_.encoder_threads);
  } else if (choice.threads > 1) {
    // Watching takes a moment, so only where it can make a difference.
    const double idle = load_.IdleProcessors();
    choice = ChooseEncoder(task, idle);
    why = " (" + OneDecimal(idle) + " cores are idle)";
  }
  const auto encoder =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "encoder"));
  const std::string name = GST_OBJECT_NAME(gst_element_get_factory(encoder.get()));
  encoder_text_ = name;
  for (const auto& [property, value] : EncoderProperties(name, choice)) {
    g_object_set(encoder.get(), property.c_str(), value, nullptr);
    encoder_text_ += " " + property + "=" + std::to_string(value);
  }
  encoder_text_ += why;
}

std::string SourcePipeline::EncoderLine() const {
  return "encoding " + std::to_string(width_) + "x" + std::to_string(height_) + " at " +
         framerate_ + " fps as " + EncodingName(settings_.codec) + " with " + encoder_text_;
}

GstPadProbeReturn SourcePipeline::OnDrawn(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<SourcePipeline*>(data);
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  const size_t skipped = self->numbers_.SkippedBefore(buffer);
  // Nobody watches: do not encode, once it is known what the encoder makes.
  if (self->caps_told_ && !self->fanout_.HasOutlets()) {
    self->last_delivered_ = steady_clock::now();
    return GST_PAD_PROBE_DROP;
  }
  const GstClockTime running_time = RunningTime(pad, buffer);
  buffer = self->gap_.Mend(buffer, running_time);
  GST_PAD_PROBE_INFO_DATA(info) = buffer;
  self->NoteDrawn(running_time, buffer, skipped);
  return GST_PAD_PROBE_OK;
}

bool SourcePipeline::Stalled(std::chrono::milliseconds limit) const {
  return live_ && steady_clock::now() - last_delivered_.load() > limit;
}

std::optional<steady_clock::time_point> SourcePipeline::LastDelivered() const {
  return encoded_caps_ ? std::optional(last_delivered_.load()) : std::nullopt;
}

void SourcePipeline::NoteDrawn(GstClockTime running_time, GstBuffer* buffer, size_t skipped) {
  const auto now = steady_clock::now();
  const DrawnFrame frame{FindTruth(buffer),
                         live_ ? FrameTime(pipeline_.get(), running_time, now) : now, skipped};
  {
    const std::lock_guard guard(drawn_lock_);
    drawn_.emplace_back(running_time, frame);
    if (drawn_.size() > kMaxInEncoder) drawn_.pop_front();
  }
  fanout_.Drawn(frame);
}

// The frame drawn at that time; earlier ones that the encoder dropped are forgotten.
std::optional<DrawnFrame> SourcePipeline::TakeDrawn(GstClockTime running_time) {
  const std::lock_guard guard(drawn_lock_);
  while (!drawn_.empty() && drawn_.front().first <= running_time) {
    const auto [drawn_at, frame] = drawn_.front();
    drawn_.pop_front();
    if (drawn_at == running_time) return frame;
  }
  return {};
}

GstFlowReturn SourcePipeline::OnSample(GstElement* sink, gpointer data) {
  auto* self = static_cast<SourcePipeline*>(data);
  const auto sample = Ref<GstSample>::adopt(gst_app_sink_pull_sample(GST_APP_SINK(sink)));
  if (!sample) return GST_FLOW_EOS;
  self->last_delivered_ = steady_clock::now();
  GstBuffer* encoded = gst_sample_get_buffer(sample.get());
  const GstClockTime running_time = RunningTime(gst_sample_get_segment(sample.get()), encoded);
  const auto frame = self->TakeDrawn(running_time);
  if (!self->caps_told_.exchange(true)) self->TellCaps(gst_sample_get_caps(sample.get()));
  if (!frame) return GST_FLOW_OK;
  // The sessions' pipelines have the source's clock and base time, so running time is their
  // timestamp.
  const auto stamped = Ref<GstBuffer>::adopt(gst_buffer_copy(encoded));
  GST_BUFFER_PTS(stamped.get()) = running_time;
  GST_BUFFER_DTS(stamped.get()) = GST_CLOCK_TIME_NONE;
  self->fanout_.Encoded(stamped.get(), *frame);
  return GST_FLOW_OK;
}

void SourcePipeline::TellCaps(GstCaps* encoded) {
  const auto convert =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "convert"));
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(convert.get(), "src"));
  mailbox_.Post([this, raw = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad.get())),
                 encoded = Ref<GstCaps>::retain(encoded)] { NoteCaps(raw.get(), encoded.get()); });
}

void SourcePipeline::NoteCaps(GstCaps* raw, GstCaps* encoded) {
  GstVideoInfo info;
  if (raw != nullptr && gst_video_info_from_caps(&info, raw)) {
    width_ = GST_VIDEO_INFO_WIDTH(&info);
    height_ = GST_VIDEO_INFO_HEIGHT(&info);
    framerate_ = std::to_string(GST_VIDEO_INFO_FPS_N(&info)) + "/" +
                 std::to_string(GST_VIDEO_INFO_FPS_D(&info));
  }
  encoded_caps_ = Ref<GstCaps>::retain(encoded);
  events_.on_caps();
}

// Any thread.
void SourcePipeline::ForceKeyFrame() {
  gst_element_send_event(encoder_sink_.get(),
                         gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
}

}  // namespace ball
