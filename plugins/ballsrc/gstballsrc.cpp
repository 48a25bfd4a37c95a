// SPDX-License-Identifier: LGPL-2.1-or-later

// The commands stay on one line each.
// clang-format off
/**
 * SECTION:element-ballsrc
 * @title: ballsrc
 *
 * Draws a ball whose position it knows exactly, and says so on each buffer: a
 * #GstVideoRegionOfInterestMeta of type `ball-truth`, whose parameter structure of that name has
 * the doubles x, y and radius in pixels (the top-left corner of the picture is (0, 0), the centre
 * of its first pixel (0.5, 0.5)). Without a ball there is no such meta.
 *
 * The position is a function of the buffer's timestamp, which is its running time unless somebody
 * seeks: the same properties give the same pictures, and a property that changes while playing
 * takes effect as if it had been so from the start. The drawing is anti-aliased: the centroid of
 * what is drawn is the centre of the ball.
 *
 * A live source (#GstBallSrc:is-live) draws each frame at its time. Where downstream is too slow,
 * it skips frames as a camera does and marks the next one with DISCONT, and the pictures stay true
 * to their timestamps. It adds no latency. With #GstBallSrc:max-lateness it draws what is overdue
 * first, so that a moment in which downstream is slow costs no frame.
 *
 * Only what changed since a buffer was last used is painted. The memory of the buffers is
 * read-only: elements that work in place get a copy.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 ballsrc num-buffers=30 ! fakesink
 * gst-launch-1.0 ballsrc num-buffers=30 is-live=true motion=gravity distractors=3 ! video/x-raw,format=NV12,width=1280,height=720,framerate=60/1 ! fakesink
 * gst-launch-1.0 ballsrc num-buffers=30 background=noise radius=40 hide-period=2 hide-duration=0.5 ! videoconvert ! pngenc ! filesink location=/dev/null
 * ]|
 */
// clang-format on

#include "plugins/ballsrc/gstballsrc.h"

#include <gst/video/video.h>

#include <atomic>
#include <mutex>
#include <optional>

#include "plugins/ballmeta.h"
#include "plugins/ballsrc/frame_timeline.h"
#include "plugins/ballsrc/gstballsrcproperties.h"
#include "plugins/ballsrc/gstcanvasbuffer.h"
#include "plugins/ballsrc/gstlivepacer.h"
#include "plugins/ballsrc/gstnegotiatedpicture.h"

GST_DEBUG_CATEGORY_STATIC(gst_ball_src_debug);
#define GST_CAT_DEFAULT gst_ball_src_debug

// The defaults of all other properties are those of a StageSettings.
static constexpr gboolean kDefaultIsLive = FALSE;
static constexpr guint64 kDefaultMaxLateness = 0;

// What fixation aims at where nobody asks for anything else.
static constexpr gint kPreferredWidth = 640;
static constexpr gint kPreferredHeight = 480;
static constexpr gint kPreferredFrameRate = 30;

// These come after the StageSettings' properties.
static guint prop_is_live = 0;
static guint prop_max_lateness = 0;

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("video/x-raw, format = (string) " BALL_SRC_FORMATS
                    ", width = (int) [ 1, 32767 ], height = (int) [ 1, 32767 ], "
                    "framerate = (fraction) [ 0/1, 2147483647/1 ], "
                    "interlace-mode = (string) progressive"));

namespace {

// What the user set.
using Settings = ball::StageSettings;

// Where the stream is.
struct State {
  GstVideoInfo info{};
  ball::FrameTimeline timeline;
  std::optional<ball::Stage> stage;  // nothing before caps are negotiated
};

struct Private {
  // Of the settings, and of state.info, which a query reads on another thread.
  std::mutex lock;
  Settings settings;
  guint64 max_lateness = kDefaultMaxLateness;  // ns
  State state;
  ball::LivePacer pacer;
  std::atomic<GThread*> pausing{};  // the thread that just now pauses the element
};

}  // namespace

struct _GstBallSrc {
  GstPushSrc parent;
  Private* priv;
};

G_DEFINE_TYPE(GstBallSrc, gst_ball_src, GST_TYPE_PUSH_SRC)
GST_ELEMENT_REGISTER_DEFINE(ballsrc, "ballsrc", GST_RANK_NONE, GST_TYPE_BALL_SRC)

static void gst_ball_src_finalize(GObject* object);
static void gst_ball_src_set_property(GObject* object, guint id, const GValue* value,
                                      GParamSpec* pspec);
static void gst_ball_src_get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec);
static GstStateChangeReturn gst_ball_src_change_state(GstElement* element,
                                                      GstStateChange transition);
static gboolean gst_ball_src_start(GstBaseSrc* src);
static gboolean gst_ball_src_stop(GstBaseSrc* src);
static gboolean gst_ball_src_unlock(GstBaseSrc* src);
static gboolean gst_ball_src_unlock_stop(GstBaseSrc* src);
static GstCaps* gst_ball_src_fixate(GstBaseSrc* src, GstCaps* caps);
static gboolean gst_ball_src_set_caps(GstBaseSrc* src, GstCaps* caps);
static gboolean gst_ball_src_decide_allocation(GstBaseSrc* src, GstQuery* query);
static gboolean gst_ball_src_query(GstBaseSrc* src, GstQuery* query);
static gboolean gst_ball_src_is_seekable(GstBaseSrc* src);
static gboolean gst_ball_src_do_seek(GstBaseSrc* src, GstSegment* segment);
static GstFlowReturn gst_ball_src_create(GstPushSrc* push_src, GstBuffer** buffer);

static void gst_ball_src_class_init(GstBallSrcClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  auto* element_class = GST_ELEMENT_CLASS(klass);
  auto* base_class = GST_BASE_SRC_CLASS(klass);
  constexpr auto kFlags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);

  GST_DEBUG_CATEGORY_INIT(gst_ball_src_debug, "ballsrc", 0, "A ball with known position");

  object_class->finalize = gst_ball_src_finalize;
  object_class->set_property = gst_ball_src_set_property;
  object_class->get_property = gst_ball_src_get_property;
  prop_is_live = ball::InstallStageProperties(
      object_class, static_cast<GParamFlags>(kFlags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property(
      object_class, prop_is_live,
      g_param_spec_boolean("is-live", "Is live",
                           "Whether each frame is drawn at its time on the clock, as a camera does",
                           kDefaultIsLive,
                           static_cast<GParamFlags>(kFlags | GST_PARAM_MUTABLE_READY)));
  prop_max_lateness = prop_is_live + 1;
  g_object_class_install_property(
      object_class, prop_max_lateness,
      g_param_spec_uint64("max-lateness", "Max. lateness",
                          "How many nanoseconds after its end a live source still draws a frame; "
                          "where one would be later, all that are overdue are skipped",
                          0, G_MAXINT64, kDefaultMaxLateness,
                          static_cast<GParamFlags>(kFlags | GST_PARAM_MUTABLE_PLAYING)));

  gst_element_class_set_static_metadata(
      element_class, "Ball source", "Source/Video",
      "Draws a moving ball and attaches its exact position to each buffer", "gst-ball");
  gst_element_class_add_static_pad_template(element_class, &src_template);
  element_class->change_state = gst_ball_src_change_state;

  base_class->start = gst_ball_src_start;
  base_class->stop = gst_ball_src_stop;
  base_class->unlock = gst_ball_src_unlock;
  base_class->unlock_stop = gst_ball_src_unlock_stop;
  base_class->fixate = gst_ball_src_fixate;
  base_class->set_caps = gst_ball_src_set_caps;
  base_class->decide_allocation = gst_ball_src_decide_allocation;
  base_class->query = gst_ball_src_query;
  base_class->is_seekable = gst_ball_src_is_seekable;
  base_class->do_seek = gst_ball_src_do_seek;
  GST_PUSH_SRC_CLASS(klass)->create = gst_ball_src_create;
}

static void gst_ball_src_init(GstBallSrc* self) {
  self->priv = new Private;
  gst_base_src_set_format(GST_BASE_SRC(self), GST_FORMAT_TIME);
  gst_base_src_set_live(GST_BASE_SRC(self), kDefaultIsLive);
}

static void gst_ball_src_finalize(GObject* object) {
  delete GST_BALL_SRC(object)->priv;
  G_OBJECT_CLASS(gst_ball_src_parent_class)->finalize(object);
}

static void gst_ball_src_set_property(GObject* object, guint id, const GValue* value,
                                      GParamSpec* pspec) {
  Private& priv = *GST_BALL_SRC(object)->priv;
  if (id == prop_is_live) {
    gst_base_src_set_live(GST_BASE_SRC(object), g_value_get_boolean(value));
    return;
  }
  const std::lock_guard lock(priv.lock);
  if (id == prop_max_lateness) {
    priv.max_lateness = g_value_get_uint64(value);
  } else if (!ball::SetStageProperty(priv.settings, id, value)) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void gst_ball_src_get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec) {
  Private& priv = *GST_BALL_SRC(object)->priv;
  if (id == prop_is_live) {
    g_value_set_boolean(value, gst_base_src_is_live(GST_BASE_SRC(object)));
    return;
  }
  const std::lock_guard lock(priv.lock);
  if (id == prop_max_lateness) {
    g_value_set_uint64(value, priv.max_lateness);
  } else if (!ball::GetStageProperty(priv.settings, id, value)) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static GstStateChangeReturn gst_ball_src_change_state(GstElement* element,
                                                      GstStateChange transition) {
  Private& priv = *GST_BALL_SRC(element)->priv;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING) priv.pacer.SetPlaying(true);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED) {
    priv.pacer.SetPlaying(false);
    priv.pausing = g_thread_self();
  }
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_ball_src_parent_class)->change_state(element, transition);
  priv.pausing = nullptr;
  return result;
}

static gboolean gst_ball_src_start(GstBaseSrc* src) {
  Private& priv = *GST_BALL_SRC(src)->priv;
  const std::lock_guard lock(priv.lock);
  priv.state = State{};
  gst_video_info_init(&priv.state.info);
  return TRUE;
}

static gboolean gst_ball_src_stop(GstBaseSrc* src) {
  GST_BALL_SRC(src)->priv->state.stage.reset();
  return TRUE;
}

static gboolean gst_ball_src_unlock(GstBaseSrc* src) {
  Private& priv = *GST_BALL_SRC(src)->priv;
  // From 1.24 on, GstBaseSrc unlocks its create() for a pause too, and stops the stream for good if
  // that returns only after the next start. Ours waits until it goes on, as it did before.
  if (priv.pausing == g_thread_self()) return TRUE;
  priv.pacer.SetFlushing(true);
  return TRUE;
}

static gboolean gst_ball_src_unlock_stop(GstBaseSrc* src) {
  GST_BALL_SRC(src)->priv->pacer.SetFlushing(false);
  return TRUE;
}

static GstCaps* gst_ball_src_fixate(GstBaseSrc* src, GstCaps* caps) {
  caps = gst_caps_make_writable(gst_caps_truncate(caps));
  GstStructure* structure = gst_caps_get_structure(caps, 0);
  gst_structure_fixate_field_string(structure, "format", "I420");
  gst_structure_fixate_field_nearest_int(structure, "width", kPreferredWidth);
  gst_structure_fixate_field_nearest_int(structure, "height", kPreferredHeight);
  gst_structure_fixate_field_nearest_fraction(structure, "framerate", kPreferredFrameRate, 1);
  if (gst_structure_has_field(structure, "pixel-aspect-ratio")) {
    gst_structure_fixate_field_nearest_fraction(structure, "pixel-aspect-ratio", 1, 1);
  } else {
    gst_structure_set(structure, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, nullptr);
  }
  caps = GST_BASE_SRC_CLASS(gst_ball_src_parent_class)->fixate(src, caps);
  return ball::SpellOutColors(caps);
}

static gboolean gst_ball_src_set_caps(GstBaseSrc* src, GstCaps* caps) {
  Private& priv = *GST_BALL_SRC(src)->priv;
  GstVideoInfo info;
  if (!gst_video_info_from_caps(&info, caps)) {
    GST_ERROR_OBJECT(src, "cannot lay out a picture of caps %" GST_PTR_FORMAT,
                     static_cast<void*>(caps));
    return FALSE;
  }
  if (priv.state.stage && gst_video_info_is_equal(&info, &priv.state.info)) return TRUE;
  const std::lock_guard lock(priv.lock);
  priv.state.info = info;
  priv.state.timeline.SetFrameRate(GST_VIDEO_INFO_FPS_N(&info), GST_VIDEO_INFO_FPS_D(&info));
  priv.state.stage.emplace(ball::LayoutOf(info), ball::ColorimetryOf(info));
  return TRUE;
}

// Canvases are ours, as only we know what is painted on them: no pool that is offered would do.
static gboolean gst_ball_src_decide_allocation(GstBaseSrc* src, GstQuery* query) {
  while (gst_query_get_n_allocation_pools(query) > 0) {
    gst_query_remove_nth_allocation_pool(query, 0);
  }
  return TRUE;
}

// A frame is there at its time: the least latency is 0. It holds no frames back, but the next one
// may be pushed until the one after it is due, and max-lateness longer: blocked for longer than
// that, frames are lost.
static gboolean gst_ball_src_query(GstBaseSrc* src, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) {
    return GST_BASE_SRC_CLASS(gst_ball_src_parent_class)->query(src, query);
  }
  Private& priv = *GST_BALL_SRC(src)->priv;
  const std::lock_guard lock(priv.lock);
  const GstVideoInfo& info = priv.state.info;
  GstClockTime most = GST_CLOCK_TIME_NONE;
  if (GST_VIDEO_INFO_FPS_N(&info) > 0) {
    most = gst_util_uint64_scale_int(GST_SECOND, GST_VIDEO_INFO_FPS_D(&info),
                                     GST_VIDEO_INFO_FPS_N(&info)) +
           priv.max_lateness;
  }
  gst_query_set_latency(query, gst_base_src_is_live(src), 0, most);
  return TRUE;
}

static gboolean gst_ball_src_is_seekable(GstBaseSrc* src) { return !gst_base_src_is_live(src); }

static gboolean gst_ball_src_do_seek(GstBaseSrc* src, GstSegment* segment) {
  if (segment->rate < 0) {
    GST_DEBUG_OBJECT(src, "cannot play backwards");
    return FALSE;
  }
  segment->time = segment->start;
  GST_BALL_SRC(src)->priv->state.timeline.Seek(
      std::chrono::nanoseconds(static_cast<int64_t>(segment->position)));
  return TRUE;
}

// Waits until the next frame is due. Where that was too long ago, it is a later frame.
static gboolean gst_ball_src_wait(GstBallSrc* self, gboolean* skipped) {
  auto* element = GST_ELEMENT(self);
  Private& priv = *self->priv;
  ball::FrameTimeline& timeline = priv.state.timeline;
  if (!priv.pacer.WaitUntil(element, timeline.Start().count())) return FALSE;
  if (const auto now = ball::RunningTimeNow(element)) {
    const std::lock_guard lock(priv.lock);
    *skipped = timeline.CatchUp(std::chrono::nanoseconds(static_cast<int64_t>(*now)),
                                std::chrono::nanoseconds(static_cast<int64_t>(priv.max_lateness)));
  }
  return TRUE;
}

static void gst_ball_src_stamp(GstBuffer* buffer, const ball::FrameTimeline& timeline) {
  GST_BUFFER_PTS(buffer) = timeline.Start().count();
  GST_BUFFER_DTS(buffer) = GST_CLOCK_TIME_NONE;
  if (!timeline.Still()) {
    GST_BUFFER_DURATION(buffer) = (timeline.End() - timeline.Start()).count();
  }
  GST_BUFFER_OFFSET(buffer) = timeline.Number();
  GST_BUFFER_OFFSET_END(buffer) = timeline.Number() + 1;
}

static GstFlowReturn gst_ball_src_create(GstPushSrc* push_src, GstBuffer** buffer) {
  GstBallSrc* self = GST_BALL_SRC(push_src);
  Private& priv = *self->priv;
  State& state = priv.state;
  if (!state.stage) return GST_FLOW_NOT_NEGOTIATED;
  if (state.timeline.Done()) return GST_FLOW_EOS;
  gboolean skipped = FALSE;
  if (gst_base_src_is_live(GST_BASE_SRC(self)) && !gst_ball_src_wait(self, &skipped)) {
    return GST_FLOW_FLUSHING;
  }

  std::unique_lock lock(priv.lock);
  const Settings settings = priv.settings;
  lock.unlock();
  ball::StageFrame frame = state.stage->Draw(settings, state.timeline.Start());
  if (!frame.canvas) {
    GST_ELEMENT_ERROR(self, RESOURCE, NO_SPACE_LEFT, ("There is not enough memory for a picture."),
                      ("a picture takes %" G_GSIZE_FORMAT " bytes", state.stage->Layout().bytes));
    return GST_FLOW_ERROR;
  }
  const ball::PictureLayout& layout = state.stage->Layout();
  *buffer = ball::LendAsBuffer(state.stage->Pool(), std::move(frame.canvas), layout.bytes);
  if (frame.truth) AttachTruth(*buffer, *frame.truth, layout.size.width, layout.size.height);
  if (skipped) GST_BUFFER_FLAG_SET(*buffer, GST_BUFFER_FLAG_DISCONT);
  gst_ball_src_stamp(*buffer, state.timeline);
  state.timeline.Advance();
  return GST_FLOW_OK;
}
