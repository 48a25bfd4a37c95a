// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands stay on one line each.
// clang-format off
/**
 * SECTION:element-shmpay
 * @title: shmpay
 *
 * Makes video frames describe themselves, so that they can cross shared memory: each buffer gets a
 * small header (see frame_header.h) in front.
 *
 * Frames of an element that takes the pool which shmpay proposes, as decoders do, are written
 * straight into the area of the shmsink behind it: nothing is copied at all. Other frames get the
 * header as a memory of its own, whatever their strides and padding are, read-only or not, and
 * shmsink copies both. The pool always leaves room in the area for one such frame, and gives out
 * ordinary memory when there is no more, so that a slow reader never stops whoever draws.
 *
 * A reader needs nothing but one buffer: it may join late, be killed and be restarted, and sees
 * caps, times and the RTP timestamp of each frame. The header's PTS is the frame's running time
 * in this pipeline.
 *
 * ## Into another process
 * `... ! shmpay leaky=true ! shmsink socket-path=ball-frames sync=false async=false
 * wait-for-connection=false shm-size=N` with N for some frames: a slow reader then costs frames,
 * which #GstShmPay:dropped counts, not time. Without leaky, shmsink waits for it. See shmdepay for
 * the other side.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=30 ! video/x-raw,format=I420,width=639,height=479 ! shmpay ! shmdepay ! fakesink
 * gst-launch-1.0 videotestsrc num-buffers=30 ! shmpay ! fakesink
 * ]|
 */
// clang-format on
#include "plugins/shmframe/gstshmpay.h"

#include <mutex>

#include "plugins/rtptimestampmeta.h"
#include "plugins/shmframe/gstframebuffer.h"
#include "plugins/shmframe/gstframecaps.h"
#include "plugins/shmframe/gstframepool.h"
#include "plugins/shmframe/gstunref.h"

GST_DEBUG_CATEGORY_STATIC(gst_shm_pay_debug);
#define GST_CAT_DEFAULT gst_shm_pay_debug

static constexpr gboolean kDefaultLeaky = FALSE;
static constexpr gboolean kDefaultInPlace = TRUE;

enum { PROP_0, PROP_LEAKY, PROP_IN_PLACE, PROP_DROPPED };

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(ball::kFrameVideoCaps));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(ball::kBallFrameCaps));

namespace {

struct Settings {
  gboolean leaky = kDefaultLeaky;
  gboolean in_place = kDefaultInPlace;
};

// Streaming thread.
struct State {
  GstVideoInfo info{};
  std::optional<ball::Picture> picture;
  GstSegment segment{};
  uint64_t next_sequence = 0;
  ball::FrameArea area;  // of the shmsink behind, where there is one
};

struct Private {
  std::mutex lock;  // guards settings, dropped and pool
  Settings settings;
  guint64 dropped = 0;
  ball::PoolRef pool;  // proposed last
  State state;
};

}  // namespace

struct _GstShmPay {
  GstElement parent;
  GstPad* sinkpad;
  GstPad* srcpad;
  Private* priv;
};

G_DEFINE_TYPE_WITH_CODE(GstShmPay, gst_shm_pay, GST_TYPE_ELEMENT,
                        GST_DEBUG_CATEGORY_INIT(gst_shm_pay_debug, "shmpay", 0,
                                                "frames that describe themselves"))
GST_ELEMENT_REGISTER_DEFINE(shmpay, "shmpay", GST_RANK_NONE, GST_TYPE_SHM_PAY)

static void gst_shm_pay_finalize(GObject* object);
static void gst_shm_pay_set_property(GObject* object, guint id, const GValue* value,
                                     GParamSpec* pspec);
static void gst_shm_pay_get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec);
static GstStateChangeReturn gst_shm_pay_change_state(GstElement* element,
                                                     GstStateChange transition);
static gboolean gst_shm_pay_sink_event(GstPad* pad, GstObject* parent, GstEvent* event);
static gboolean gst_shm_pay_sink_query(GstPad* pad, GstObject* parent, GstQuery* query);
static GstFlowReturn gst_shm_pay_chain(GstPad* pad, GstObject* parent, GstBuffer* taken);

static void gst_shm_pay_install_properties(GObjectClass* object_class) {
  g_object_class_install_property(
      object_class, PROP_LEAKY,
      g_param_spec_boolean("leaky", "Leaky",
                           "Drop a frame for which the shared memory behind has no room, instead "
                           "of waiting for its reader",
                           kDefaultLeaky,
                           static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                    GST_PARAM_MUTABLE_PLAYING)));
  g_object_class_install_property(
      object_class, PROP_IN_PLACE,
      g_param_spec_boolean("in-place", "In place",
                           "Let frames be drawn in the shared memory behind. Setting it to false "
                           "also gives up what was drawn there already: do so before that memory "
                           "is changed for another",
                           kDefaultInPlace,
                           static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                    GST_PARAM_MUTABLE_PLAYING)));
  g_object_class_install_property(
      object_class, PROP_DROPPED,
      g_param_spec_uint64(
          "dropped", "Dropped", "Number of frames dropped since the element was started (frames)",
          0, G_MAXUINT64, 0, static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
}

static void gst_shm_pay_class_init(GstShmPayClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->finalize = gst_shm_pay_finalize;
  object_class->set_property = gst_shm_pay_set_property;
  object_class->get_property = gst_shm_pay_get_property;
  gst_shm_pay_install_properties(object_class);
  auto* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = GST_DEBUG_FUNCPTR(gst_shm_pay_change_state);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "Shared memory frame payloader", "Codec/Payloader/Video",
      "Puts a header that describes the frame before each video frame, without copying it",
      "gst-ball");
}

static void gst_shm_pay_init(GstShmPay* self) {
  self->priv = new Private;
  self->sinkpad = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(self->sinkpad, GST_DEBUG_FUNCPTR(gst_shm_pay_chain));
  gst_pad_set_event_function(self->sinkpad, GST_DEBUG_FUNCPTR(gst_shm_pay_sink_event));
  gst_pad_set_query_function(self->sinkpad, GST_DEBUG_FUNCPTR(gst_shm_pay_sink_query));
  gst_element_add_pad(GST_ELEMENT(self), self->sinkpad);
  self->srcpad = gst_pad_new_from_static_template(&src_template, "src");
  gst_pad_use_fixed_caps(self->srcpad);
  gst_element_add_pad(GST_ELEMENT(self), self->srcpad);
}

static void gst_shm_pay_finalize(GObject* object) {
  delete GST_SHM_PAY(object)->priv;
  G_OBJECT_CLASS(gst_shm_pay_parent_class)->finalize(object);
}

// With the lock held.
static void gst_shm_pay_apply_in_place(Private* priv) {
  if (!priv->pool) return;
  if (priv->settings.in_place) {
    ball::OpenFramePool(priv->pool.get());
  } else {
    ball::CloseFramePool(priv->pool.get());
  }
}

static void gst_shm_pay_set_property(GObject* object, guint id, const GValue* value,
                                     GParamSpec* pspec) {
  Private* priv = GST_SHM_PAY(object)->priv;
  const std::lock_guard guard(priv->lock);
  switch (id) {
    case PROP_LEAKY:
      priv->settings.leaky = g_value_get_boolean(value);
      break;
    case PROP_IN_PLACE:
      priv->settings.in_place = g_value_get_boolean(value);
      gst_shm_pay_apply_in_place(priv);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void gst_shm_pay_get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec) {
  Private* priv = GST_SHM_PAY(object)->priv;
  const std::lock_guard guard(priv->lock);
  switch (id) {
    case PROP_LEAKY:
      g_value_set_boolean(value, priv->settings.leaky);
      break;
    case PROP_IN_PLACE:
      g_value_set_boolean(value, priv->settings.in_place);
      break;
    case PROP_DROPPED:
      g_value_set_uint64(value, priv->dropped);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static GstStateChangeReturn gst_shm_pay_change_state(GstElement* element,
                                                     GstStateChange transition) {
  Private* priv = GST_SHM_PAY(element)->priv;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    priv->state = State{};
    const std::lock_guard guard(priv->lock);
    priv->dropped = 0;
  }
  const auto changed =
      GST_ELEMENT_CLASS(gst_shm_pay_parent_class)->change_state(element, transition);
  // It refers to its shmsink.
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    priv->state.area = {};
    const std::lock_guard guard(priv->lock);
    priv->pool.reset();
  }
  return changed;
}

static gboolean gst_shm_pay_set_caps(GstShmPay* self, GstCaps* caps) {
  State& state = self->priv->state;
  state.picture.reset();
  if (gst_video_info_from_caps(&state.info, caps)) state.picture = ball::PictureOf(state.info);
  if (!state.picture) {
    GST_ERROR_OBJECT(self, "cannot describe frames of caps %" GST_PTR_FORMAT,
                     static_cast<void*>(caps));
    return FALSE;
  }
  const ball::CapsRef frame_caps(gst_static_pad_template_get_caps(&src_template));
  if (!gst_pad_push_event(self->srcpad, gst_event_new_caps(frame_caps.get()))) return FALSE;
  state.area = ball::AreaBehind(self->srcpad);
  return TRUE;
}

static gboolean gst_shm_pay_sink_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  auto* self = GST_SHM_PAY(parent);
  if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
    const ball::EventRef owned(event);
    GstCaps* caps = nullptr;
    gst_event_parse_caps(event, &caps);
    return gst_shm_pay_set_caps(self, caps);
  }
  if (GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT) {
    gst_event_copy_segment(event, &self->priv->state.segment);
  }
  return gst_pad_event_default(pad, parent, event);
}

// The header carries strides and offsets: decoders may hand over their padded frames as they are.
static void gst_shm_pay_propose_allocation(GstShmPay* self, GstQuery* query) {
  gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
  Private* priv = self->priv;
  const State& state = priv->state;
  if (!state.area || !state.picture) return;
  const std::lock_guard guard(priv->lock);
  priv->pool.reset(ball::NewFramePool(state.area));
  gst_shm_pay_apply_in_place(priv);
  gst_query_add_allocation_pool(query, priv->pool.get(), static_cast<guint>(state.info.size), 0, 0);
}

static gboolean gst_shm_pay_sink_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION) {
    return gst_pad_query_default(pad, parent, query);
  }
  gst_shm_pay_propose_allocation(GST_SHM_PAY(parent), query);
  return TRUE;
}

// Where the planes are: as the frame's meta says, else as the caps imply.
static std::array<ball::Plane, ball::kMaxPlanes> gst_shm_pay_planes_of(const State& state,
                                                                       GstBuffer* frame) {
  const GstVideoMeta* meta = gst_buffer_get_video_meta(frame);
  const gsize* offsets = meta != nullptr ? meta->offset : state.info.offset;
  const gint* strides = meta != nullptr ? meta->stride : state.info.stride;
  std::array<ball::Plane, ball::kMaxPlanes> planes;
  for (size_t i = 0; i < ball::PlaneCount(state.picture->format); ++i) {
    // A negative stride (a picture upside down) becomes one that Check refuses.
    planes[i] = {offsets[i], static_cast<uint32_t>(strides[i])};
  }
  return planes;
}

static std::optional<std::chrono::nanoseconds> gst_shm_pay_running_time(const State& state,
                                                                        GstBuffer* frame) {
  if (state.segment.format != GST_FORMAT_TIME || !GST_BUFFER_PTS_IS_VALID(frame)) return {};
  return ball::TimeOf(
      gst_segment_to_running_time(&state.segment, GST_FORMAT_TIME, GST_BUFFER_PTS(frame)));
}

static ball::FrameHeader gst_shm_pay_describe(const State& state, GstBuffer* frame) {
  ball::FrameHeader header;
  header.picture = *state.picture;
  header.planes = gst_shm_pay_planes_of(state, frame);
  header.payload_size = gst_buffer_get_size(frame);
  header.pts = gst_shm_pay_running_time(state, frame);
  header.duration = ball::TimeOf(GST_BUFFER_DURATION(frame));
  header.sequence = state.next_sequence;
  header.rtp_timestamp = ball::GetRtpTimestamp(frame);
  return header;
}

// Counts a frame for which there is no room.
static GstFlowReturn gst_shm_pay_drop(GstShmPay* self) {
  const std::lock_guard guard(self->priv->lock);
  ++self->priv->dropped;
  GST_DEBUG_OBJECT(self, "no room for a frame: %" G_GUINT64_FORMAT " dropped so far",
                   self->priv->dropped);
  return GST_FLOW_OK;
}

static bool gst_shm_pay_is_leaky(GstShmPay* self) {
  const std::lock_guard guard(self->priv->lock);
  return self->priv->settings.leaky != FALSE;
}

// Null where none was proposed.
static ball::PoolRef gst_shm_pay_pool(GstShmPay* self) {
  const std::lock_guard guard(self->priv->lock);
  GstBufferPool* pool = self->priv->pool.get();
  return ball::PoolRef(pool == nullptr ? nullptr : GST_BUFFER_POOL(gst_object_ref(pool)));
}

static GstFlowReturn gst_shm_pay_push(GstShmPay* self, GstBuffer* frame,
                                      const ball::FrameHeader& header) {
  const ball::FrameArea& area = self->priv->state.area;
  ball::BufferRef packed = ball::PackInPlace(frame, header);
  if (packed) return gst_pad_push(self->srcpad, packed.release());
  const ball::RoomForCopy room(gst_shm_pay_pool(self));
  if (area && gst_shm_pay_is_leaky(self)) {
    packed = ball::PackInto(area, frame, header);
    if (!packed) return gst_shm_pay_drop(self);
  }
  if (!packed) packed = ball::PackFrame(frame, header);
  if (!packed) {
    GST_ELEMENT_ERROR(self, STREAM, FAILED, ("A frame cannot be read."), (nullptr));
    return GST_FLOW_ERROR;
  }
  return gst_pad_push(self->srcpad, packed.release());
}

static GstFlowReturn gst_shm_pay_chain(GstPad* pad, GstObject* parent, GstBuffer* taken) {
  auto* self = GST_SHM_PAY(parent);
  const ball::BufferRef frame(taken);
  State& state = self->priv->state;
  if (!state.picture) return GST_FLOW_NOT_NEGOTIATED;

  const ball::FrameHeader header = gst_shm_pay_describe(state, frame.get());
  if (const auto fault = ball::Check(header)) {
    GST_ELEMENT_ERROR(
        self, STREAM, FORMAT, ("A frame does not fit its caps."),
        ("%s: %" GST_PTR_FORMAT, ball::ToString(*fault).data(), static_cast<void*>(taken)));
    return GST_FLOW_ERROR;
  }
  ++state.next_sequence;
  return gst_shm_pay_push(self, frame.get(), header);
}
