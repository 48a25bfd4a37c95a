// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands stay on one line each.
// clang-format off
/**
 * SECTION:element-shmdepay
 * @title: shmdepay
 *
 * Turns buffers of shmpay, which arrive through shmsrc without caps, times and metas, into video
 * frames again: caps, GstVideoMeta (strides and offsets), PTS, duration and the RTP timestamp
 * (GstReferenceTimestampMeta, caps `timestamp/x-rtp`) are those that the writer saw, the buffer
 * offset is the writer's frame number. The frame stays where it is, in the shared memory, which
 * the writer gets back when the last reference is dropped. It is copied only if downstream does
 * not know GstVideoMeta and the frame has other strides than the caps imply.
 *
 * ## What a PTS means here
 * Without more, a PTS is the running time of the writer's pipeline. It orders the frames and says
 * how far apart they are, but has nothing to do with this pipeline's clock: a sink with sync=true
 * would show a frame of a writer that has run for a minute only after a minute. Such a reader sets
 * `do-timestamp=true` on shmsrc: a PTS that a buffer has already is kept, so that PTS is then when
 * the frame arrived here. A reader that wants each frame at once uses sync=false.
 *
 * ## What is not right
 * A buffer whose header is damaged, contradicts itself or does not fit the buffer is dropped and
 * counted in #GstShmDepay:dropped; the 1st, 2nd, 4th, 8th... of them posts a warning.
 * #GstShmDepay:bad-limit of them in a row are an element error; so is, at once, an undamaged header
 * of another version. A gap in the frame numbers, as after a restart of the writer, sets DISCONT on
 * the next frame.
 *
 * ## In another process
 * The writer ends in `shmpay ! shmsink socket-path=ball-frames sync=false async=false`, the reader
 * begins with `shmsrc socket-path=ball-frames is-live=true ! shmdepay`. A sink that keeps its last
 * sample (enable-last-sample, on by default) keeps a frame in the writer's area, and at the end of
 * the stream shmsink waits until all are back.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=30 ! shmpay ! shmdepay ! videoconvert ! fakesink
 * gst-launch-1.0 videotestsrc num-buffers=30 ! vp8enc deadline=1 ! vp8dec ! shmpay ! shmdepay ! videoconvert ! fakesink
 * ]|
 * Payloader and depayloader in one process: what they cost without the shared memory.
 */
// clang-format on
#include "plugins/shmframe/gstshmdepay.h"

#include <bit>
#include <mutex>
#include <vector>

#include "plugins/rtptimestampmeta.h"
#include "plugins/shmframe/gstframebuffer.h"
#include "plugins/shmframe/gstframecaps.h"
#include "plugins/shmframe/gstunref.h"

GST_DEBUG_CATEGORY_STATIC(gst_shm_depay_debug);
#define GST_CAT_DEFAULT gst_shm_depay_debug

// A third of a second at 30 frames a second: long enough for an accident, short for a user.
static constexpr guint kDefaultBadLimit = 10;

enum { PROP_0, PROP_BAD_LIMIT, PROP_DROPPED };

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(ball::kBallFrameCaps));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(ball::kFrameVideoCaps));

namespace {

struct Settings {
  guint bad_limit = kDefaultBadLimit;
};

GstSegment OpenTimeSegment() {
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  return segment;
}

// Streaming thread.
struct State {
  std::optional<ball::Picture> picture;  // what the caps downstream say
  GstVideoInfo info{};
  bool video_meta_welcome = false;
  GstSegment segment = OpenTimeSegment();
  guint32 segment_seqnum = 0;
  bool segment_sent = false;
  std::vector<ball::EventRef> held;  // tags and the like, which may not overtake caps
  std::optional<uint64_t> expected_sequence;
  guint bad_in_a_row = 0;
};

struct Private {
  std::mutex lock;  // guards settings and dropped
  Settings settings;
  guint64 dropped = 0;
  State state;
};

}  // namespace

struct _GstShmDepay {
  GstElement parent;
  GstPad* sinkpad;
  GstPad* srcpad;
  Private* priv;
};

G_DEFINE_TYPE_WITH_CODE(GstShmDepay, gst_shm_depay, GST_TYPE_ELEMENT,
                        GST_DEBUG_CATEGORY_INIT(gst_shm_depay_debug, "shmdepay", 0,
                                                "frames out of shared memory"))
GST_ELEMENT_REGISTER_DEFINE(shmdepay, "shmdepay", GST_RANK_NONE, GST_TYPE_SHM_DEPAY)

static void gst_shm_depay_finalize(GObject* object);
static void gst_shm_depay_set_property(GObject* object, guint id, const GValue* value,
                                       GParamSpec* pspec);
static void gst_shm_depay_get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec);
static GstStateChangeReturn gst_shm_depay_change_state(GstElement* element,
                                                       GstStateChange transition);
static gboolean gst_shm_depay_sink_event(GstPad* pad, GstObject* parent, GstEvent* event);
static GstFlowReturn gst_shm_depay_chain(GstPad* pad, GstObject* parent, GstBuffer* taken);

static void gst_shm_depay_install_properties(GObjectClass* object_class) {
  g_object_class_install_property(
      object_class, PROP_BAD_LIMIT,
      g_param_spec_uint(
          "bad-limit", "Bad limit",
          "Number of bad buffers in a row that is an element error (0 to 4294967295 buffers, "
          "0 = never; each of them is dropped)",
          0, G_MAXUINT, kDefaultBadLimit,
          static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                   GST_PARAM_MUTABLE_PLAYING)));
  g_object_class_install_property(
      object_class, PROP_DROPPED,
      g_param_spec_uint64("dropped", "Dropped",
                          "Number of bad buffers dropped since the element was started (buffers)",
                          0, G_MAXUINT64, 0,
                          static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
}

static void gst_shm_depay_class_init(GstShmDepayClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->finalize = gst_shm_depay_finalize;
  object_class->set_property = gst_shm_depay_set_property;
  object_class->get_property = gst_shm_depay_get_property;
  gst_shm_depay_install_properties(object_class);
  auto* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = GST_DEBUG_FUNCPTR(gst_shm_depay_change_state);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "Shared memory frame depayloader", "Codec/Depayloader/Video",
      "Checks the header before each frame of shmpay and restores caps, times and metas",
      "gst-ball");
}

static void gst_shm_depay_init(GstShmDepay* self) {
  self->priv = new Private;
  self->sinkpad = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(self->sinkpad, GST_DEBUG_FUNCPTR(gst_shm_depay_chain));
  gst_pad_set_event_function(self->sinkpad, GST_DEBUG_FUNCPTR(gst_shm_depay_sink_event));
  gst_element_add_pad(GST_ELEMENT(self), self->sinkpad);
  self->srcpad = gst_pad_new_from_static_template(&src_template, "src");
  gst_pad_use_fixed_caps(self->srcpad);
  gst_element_add_pad(GST_ELEMENT(self), self->srcpad);
}

static void gst_shm_depay_finalize(GObject* object) {
  delete GST_SHM_DEPAY(object)->priv;
  G_OBJECT_CLASS(gst_shm_depay_parent_class)->finalize(object);
}

static void gst_shm_depay_set_property(GObject* object, guint id, const GValue* value,
                                       GParamSpec* pspec) {
  Private* priv = GST_SHM_DEPAY(object)->priv;
  const std::lock_guard guard(priv->lock);
  switch (id) {
    case PROP_BAD_LIMIT:
      priv->settings.bad_limit = g_value_get_uint(value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void gst_shm_depay_get_property(GObject* object, guint id, GValue* value,
                                       GParamSpec* pspec) {
  Private* priv = GST_SHM_DEPAY(object)->priv;
  const std::lock_guard guard(priv->lock);
  switch (id) {
    case PROP_BAD_LIMIT:
      g_value_set_uint(value, priv->settings.bad_limit);
      break;
    case PROP_DROPPED:
      g_value_set_uint64(value, priv->dropped);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static GstStateChangeReturn gst_shm_depay_change_state(GstElement* element,
                                                       GstStateChange transition) {
  Private* priv = GST_SHM_DEPAY(element)->priv;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    priv->state = State{};
    const std::lock_guard guard(priv->lock);
    priv->dropped = 0;
  }
  return GST_ELEMENT_CLASS(gst_shm_depay_parent_class)->change_state(element, transition);
}

// shmsrc's segment counts bytes; downstream needs time. A segment in time (no shared memory in
// between) stays as it is.
static void gst_shm_depay_take_segment(State& state, GstEvent* event) {
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(event, &segment);
  state.segment = segment->format == GST_FORMAT_TIME ? *segment : OpenTimeSegment();
  state.segment_seqnum = gst_event_get_seqnum(event);
  state.segment_sent = false;
}

static bool gst_shm_depay_must_follow_caps(GstEvent* event) {
  const auto flags = static_cast<guint>(gst_event_type_get_flags(GST_EVENT_TYPE(event)));
  return (flags & GST_EVENT_TYPE_STICKY) != 0 && (flags & GST_EVENT_TYPE_SERIALIZED) != 0;
}

static gboolean gst_shm_depay_sink_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  State& state = GST_SHM_DEPAY(parent)->priv->state;
  ball::EventRef owned(event);
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_CAPS:  // the frames say what they are
      return TRUE;
    case GST_EVENT_SEGMENT:
      gst_shm_depay_take_segment(state, event);
      return TRUE;
    case GST_EVENT_FLUSH_STOP:
      state.segment_sent = false;
      state.expected_sequence.reset();
      break;
    case GST_EVENT_STREAM_START:
    case GST_EVENT_EOS:
      break;
    case GST_EVENT_GAP:
      if (!state.segment_sent) return TRUE;
      break;
    default:
      if (!state.segment_sent && gst_shm_depay_must_follow_caps(event)) {
        state.held.push_back(std::move(owned));
        return TRUE;
      }
  }
  return gst_pad_event_default(pad, parent, owned.release());
}

static GstFlowReturn gst_shm_depay_refuse(GstShmDepay* self, const ball::ParsedHeader& parsed,
                                          GstBuffer* buffer) {
  Private* priv = self->priv;
  const char* reason = ball::ToString(parsed.fault).data();
  if (parsed.fault == ball::HeaderFault::kUnsupportedVersion) {
    GST_ELEMENT_ERROR(self, STREAM, WRONG_TYPE,
                      ("The writer's frame header has version %u, this reader knows %u. Use the "
                       "same gst-ball on both sides.",
                       parsed.version, ball::kFrameHeaderVersion),
                      (nullptr));
    return GST_FLOW_ERROR;
  }
  std::unique_lock guard(priv->lock);
  const guint64 dropped = ++priv->dropped;
  const guint limit = priv->settings.bad_limit;
  guard.unlock();
  if (++priv->state.bad_in_a_row >= limit && limit != 0) {
    GST_ELEMENT_ERROR(
        self, STREAM, DECODE,
        ("%u buffers in a row are no frames: %s. Is the writer behind shmpay?", limit, reason),
        ("last one: %" GST_PTR_FORMAT, static_cast<void*>(buffer)));
    return GST_FLOW_ERROR;
  }
  GST_WARNING_OBJECT(self, "dropped %" GST_PTR_FORMAT ": %s", static_cast<void*>(buffer), reason);
  // Not a message for each: thirty a second would bury everything else on the bus.
  if (std::has_single_bit(dropped)) {
    GST_ELEMENT_WARNING(self, STREAM, DECODE, ("Dropped a buffer that is no frame: %s.", reason),
                        ("%" G_GUINT64_FORMAT " dropped since the start", dropped));
  }
  return GST_FLOW_OK;
}

static bool gst_shm_depay_push_caps(GstShmDepay* self, const ball::Picture& picture) {
  State& state = self->priv->state;
  state.info = ball::VideoInfoOf(picture);
  const ball::CapsRef caps(gst_video_info_to_caps(&state.info));
  GST_INFO_OBJECT(self, "frames are now %" GST_PTR_FORMAT, static_cast<void*>(caps.get()));
  if (!caps || !gst_pad_push_event(self->srcpad, gst_event_new_caps(caps.get()))) return false;
  state.picture = picture;
  return true;
}

static void gst_shm_depay_push_segment(GstShmDepay* self) {
  State& state = self->priv->state;
  GstEvent* event = gst_event_new_segment(&state.segment);
  if (state.segment_seqnum != 0) gst_event_set_seqnum(event, state.segment_seqnum);
  gst_pad_push_event(self->srcpad, event);
  for (ball::EventRef& held : state.held) gst_pad_push_event(self->srcpad, held.release());
  state.held.clear();
  state.segment_sent = true;
}

static bool gst_shm_depay_is_video_meta_welcome(GstShmDepay* self) {
  const ball::CapsRef caps(gst_pad_get_current_caps(self->srcpad));
  if (!caps) return false;
  const ball::QueryRef query(gst_query_new_allocation(caps.get(), FALSE));
  return gst_pad_peer_query(self->srcpad, query.get()) &&
         gst_query_find_allocation_meta(query.get(), GST_VIDEO_META_API_TYPE, nullptr);
}

// Tells downstream what comes, where that is not yet known there.
static GstFlowReturn gst_shm_depay_negotiate(GstShmDepay* self, const ball::Picture& picture) {
  State& state = self->priv->state;
  bool changed = gst_pad_check_reconfigure(self->srcpad) != FALSE;
  if (state.picture != picture) {
    changed = true;
    state.picture.reset();
    if (!gst_shm_depay_push_caps(self, picture)) {
      gst_pad_mark_reconfigure(self->srcpad);
      return GST_PAD_IS_FLUSHING(self->srcpad) ? GST_FLOW_FLUSHING : GST_FLOW_NOT_NEGOTIATED;
    }
  }
  if (!state.segment_sent) gst_shm_depay_push_segment(self);
  if (changed) state.video_meta_welcome = gst_shm_depay_is_video_meta_welcome(self);
  return GST_FLOW_OK;
}

static void gst_shm_depay_set_times(const State& state, const ball::FrameHeader& header,
                                    GstClockTime arrival_pts, GstBuffer* frame) {
  GstClockTime pts = arrival_pts;
  if (!GST_CLOCK_TIME_IS_VALID(pts) && header.pts) {
    pts = gst_segment_position_from_running_time(&state.segment, GST_FORMAT_TIME,
                                                 ball::ClockTimeOf(header.pts));
  }
  GST_BUFFER_PTS(frame) = pts;
  GST_BUFFER_DTS(frame) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION(frame) = ball::ClockTimeOf(header.duration);
  GST_BUFFER_OFFSET(frame) = header.sequence;
}

static ball::BufferRef gst_shm_depay_unpack(State& state, const ball::FrameHeader& header,
                                            GstBuffer* buffer) {
  ball::BufferRef frame = ball::ShareFrame(buffer, header, state.info);
  gst_shm_depay_set_times(state, header, GST_BUFFER_PTS(buffer), frame.get());
  if (header.rtp_timestamp) ball::SetRtpTimestamp(frame.get(), *header.rtp_timestamp);
  if (state.expected_sequence != header.sequence) {
    GST_BUFFER_FLAG_SET(frame.get(), GST_BUFFER_FLAG_DISCONT);
  }
  state.expected_sequence = header.sequence + 1;
  return frame;
}

static GstFlowReturn gst_shm_depay_chain(GstPad* pad, GstObject* parent, GstBuffer* taken) {
  auto* self = GST_SHM_DEPAY(parent);
  const ball::BufferRef buffer(taken);
  State& state = self->priv->state;
  const ball::ParsedHeader parsed = ball::ReadFrameHeader(buffer.get());
  if (!parsed.header) return gst_shm_depay_refuse(self, parsed, buffer.get());
  state.bad_in_a_row = 0;

  const GstFlowReturn negotiated = gst_shm_depay_negotiate(self, parsed.header->picture);
  if (negotiated != GST_FLOW_OK) return negotiated;
  ball::BufferRef frame = gst_shm_depay_unpack(state, *parsed.header, buffer.get());
  if (!state.video_meta_welcome && !ball::IsPlain(*parsed.header, state.info)) {
    frame = ball::CopyPlain(frame.get(), state.info);
  }
  if (!frame) {
    GST_ELEMENT_ERROR(self, STREAM, FAILED, ("A frame cannot be read."), (nullptr));
    return GST_FLOW_ERROR;
  }
  return gst_pad_push(self->srcpad, frame.release());
}
