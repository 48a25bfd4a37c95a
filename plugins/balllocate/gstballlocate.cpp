// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands stay on one line each.
// clang-format off
/**
 * SECTION:element-balllocate
 * @title: balllocate
 * @short_description: finds a ball in raw video and says where it is
 *
 * Frames pass through untouched: they are mapped for reading only and never copied. Where a ball is
 * found, the buffer gets a GstVideoRegionOfInterestMeta of type `ball` (the bounding rectangle,
 * cut to the picture) with a parameter structure `ball` of four doubles: x, y and radius in
 * pixels (the centre of the top-left pixel is (0.5, 0.5)), and confidence, above 0 and at most 1.
 * Metas of that type that a buffer brings along are removed first. Where no ball is found there is
 * no meta.
 *
 * With #GstBallLocate:post-messages each frame also posts an element message whose structure is
 * named `balllocate` and has the fields
 *
 * * #gboolean `found`
 * * #gdouble `x`, `y`, `radius`, `confidence`: as above; 0 where no ball was found
 * * #GstClockTime `timestamp`: the buffer's PTS
 * * #GstClockTime `stream-time`, `running-time`, `duration`: of the buffer
 *
 * A ball is a round patch, evenly filled, that stands out from its surroundings and has a radius
 * between #GstBallLocate:min-radius and #GstBallLocate:max-radius. One that the picture's border
 * cuts is found while about 40 % of it is visible; its centre may then lie outside. Of several the
 * one with the highest confidence is taken, of equals the largest (with #GstBallLocate:track the
 * nearest to the last). In doubt there is no answer. Grey frames have only luma to tell by.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 -m videotestsrc pattern=ball num-buffers=60 ! video/x-raw,format=I420,width=640,height=480 ! balllocate ball-color=0xffffffff post-messages=true ! fakesink
 * ]|
 * Prints where videotestsrc's white ball is.
 * |[
 * gst-launch-1.0 -m videotestsrc pattern=ball num-buffers=60 ! video/x-raw,format=GRAY8 ! balllocate method=contrast post-messages=true ! fakesink
 * ]|
 * The same without telling the colour.
 */
// clang-format on
#include "plugins/balllocate/gstballlocate.h"

#include <gst/video/video.h>

#include <exception>
#include <mutex>
#include <optional>

#include "plugins/balllocate/gstmappedframe.h"
#include "plugins/balllocate/locator.h"
#include "plugins/ballmeta.h"

GST_DEBUG_CATEGORY_STATIC(ball_locate_debug);
#define GST_CAT_DEFAULT ball_locate_debug

namespace {

using ball::locate::Detection;
using ball::locate::LocateMethod;
using ball::locate::Locator;
using ball::locate::LocatorSettings;
using ball::locate::MappedFrame;

constexpr guint kDefaultBallColor = 0xffff8000;
constexpr gdouble kDefaultTolerance = 0.1;
constexpr gdouble kDefaultMinRadius = 5;
constexpr gdouble kDefaultMaxRadius = 0;
constexpr gint kDefaultMethod = static_cast<gint>(LocateMethod::kColor);
constexpr gboolean kDefaultTrack = FALSE;
constexpr gboolean kDefaultPostMessages = FALSE;
constexpr gdouble kSmallestRadius = 2;
constexpr gdouble kLargestRadius = 32767;

enum Property {
  kPropBallColor = 1,
  kPropTolerance,
  kPropMinRadius,
  kPropMaxRadius,
  kPropMethod,
  kPropTrack,
  kPropPostMessages,
};

// What the user set.
struct Settings {
  LocatorSettings locator{.ball_color = kDefaultBallColor,
                          .tolerance = kDefaultTolerance,
                          .min_radius = kDefaultMinRadius,
                          .max_radius = kDefaultMaxRadius,
                          .method = static_cast<LocateMethod>(kDefaultMethod),
                          .track = kDefaultTrack != FALSE};
  bool post_messages = kDefaultPostMessages != FALSE;
};

// Where the stream is; streaming thread only.
struct State {
  std::optional<GstVideoInfo> info;
  Locator locator{LocatorSettings{}};
};

struct Private {
  std::mutex lock;  // guards settings; a leaf
  Settings settings;
  State state;
};

GType MethodType() {
  static const GEnumValue kValues[] = {
      {static_cast<gint>(LocateMethod::kColor), "A disc of the ball's colour", "color"},
      {static_cast<gint>(LocateMethod::kContrast),
       "An even disc, brighter or darker than what surrounds it, of any colour", "contrast"},
      {static_cast<gint>(LocateMethod::kHough),
       "A circular edge in luma (Hough transform) filled with the ball's colour; where there is "
       "none, a disc of that",
       "hough"},
      {0, nullptr, nullptr}};
  static const GType kType = g_enum_register_static("GstBallLocateMethod", kValues);
  return kType;
}

GstStructure* DescribeAnswer(const GstSegment& segment, GstBuffer* buffer,
                             const std::optional<Detection>& detection) {
  const Detection answer = detection.value_or(Detection{});
  const GstClockTime timestamp = GST_BUFFER_PTS(buffer);
  return gst_structure_new(
      "balllocate", "found", G_TYPE_BOOLEAN, static_cast<gboolean>(detection.has_value()), "x",
      G_TYPE_DOUBLE, answer.ball.x, "y", G_TYPE_DOUBLE, answer.ball.y, "radius", G_TYPE_DOUBLE,
      answer.ball.radius, "confidence", G_TYPE_DOUBLE, answer.confidence, "timestamp",
      GST_TYPE_CLOCK_TIME, timestamp, "stream-time", GST_TYPE_CLOCK_TIME,
      gst_segment_to_stream_time(&segment, GST_FORMAT_TIME, timestamp), "running-time",
      GST_TYPE_CLOCK_TIME, gst_segment_to_running_time(&segment, GST_FORMAT_TIME, timestamp),
      "duration", GST_TYPE_CLOCK_TIME, GST_BUFFER_DURATION(buffer), nullptr);
}

}  // namespace

struct _GstBallLocate {
  GstBaseTransform parent;
  Private* priv;
};

#define FORMATS "{ I420, NV12, BGRx, RGBx, BGR, RGB, GRAY8 }"

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(GST_VIDEO_CAPS_MAKE(FORMATS)));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(GST_VIDEO_CAPS_MAKE(FORMATS)));

G_DEFINE_TYPE(GstBallLocate, gst_ball_locate, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE(balllocate, "balllocate", GST_RANK_NONE, GST_TYPE_BALL_LOCATE)

static void gst_ball_locate_finalize(GObject* object);
static void gst_ball_locate_set_property(GObject* object, guint id, const GValue* value,
                                         GParamSpec* spec);
static void gst_ball_locate_get_property(GObject* object, guint id, GValue* value,
                                         GParamSpec* spec);
static gboolean gst_ball_locate_start(GstBaseTransform* base);
static gboolean gst_ball_locate_set_caps(GstBaseTransform* base, GstCaps* incaps, GstCaps* outcaps);
static gboolean gst_ball_locate_propose_allocation(GstBaseTransform* base, GstQuery* decide,
                                                   GstQuery* query);
static gboolean gst_ball_locate_decide_allocation(GstBaseTransform* base, GstQuery* query);
static gboolean gst_ball_locate_sink_event(GstBaseTransform* base, GstEvent* event);
static GstFlowReturn gst_ball_locate_prepare_output_buffer(GstBaseTransform* base, GstBuffer* input,
                                                           GstBuffer** output);
static GstFlowReturn gst_ball_locate_transform_ip(GstBaseTransform* base, GstBuffer* buffer);

static void install_properties(GObjectClass* klass) {
  const auto flags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                              GST_PARAM_CONTROLLABLE | GST_PARAM_MUTABLE_PLAYING);
  g_object_class_install_property(
      klass, kPropBallColor,
      g_param_spec_uint("ball-color", "Ball colour",
                        "Colour of the ball, 0xAARRGGBB, alpha is ignored; on grey frames its luma "
                        "(methods color and hough)",
                        0, G_MAXUINT32, kDefaultBallColor, flags));
  g_object_class_install_property(
      klass, kPropTolerance,
      g_param_spec_double("tolerance", "Tolerance",
                          "How far each coded component (Y, U, V or R, G, B) of a pixel may be "
                          "from the ball's colour, as a share of 255, from 0 (exact) to 1; with "
                          "method contrast: how far luma must be from what surrounds the ball",
                          0, 1, kDefaultTolerance, flags));
  g_object_class_install_property(
      klass, kPropMinRadius,
      g_param_spec_double("min-radius", "Least radius",
                          "Radius of the smallest ball, in pixels; larger is faster",
                          kSmallestRadius, kLargestRadius, kDefaultMinRadius, flags));
  g_object_class_install_property(
      klass, kPropMaxRadius,
      g_param_spec_double(
          "max-radius", "Largest radius",
          "Radius of the largest ball, in pixels; 0: half the picture's longer side", 0,
          kLargestRadius, kDefaultMaxRadius, flags));
  g_object_class_install_property(klass, kPropMethod,
                                  g_param_spec_enum("method", "Method", "How to look for the ball",
                                                    MethodType(), kDefaultMethod, flags));
  g_object_class_install_property(
      klass, kPropTrack,
      g_param_spec_boolean("track", "Track",
                           "Look near the last ball first, in the whole picture only when it is "
                           "not there",
                           kDefaultTrack, flags));
  g_object_class_install_property(
      klass, kPropPostMessages,
      g_param_spec_boolean("post-messages", "Post messages",
                           "Post an element message 'balllocate' for every frame",
                           kDefaultPostMessages, flags));
}

static void gst_ball_locate_class_init(GstBallLocateClass* klass) {
  GST_DEBUG_CATEGORY_INIT(ball_locate_debug, "balllocate", 0, "ball locator");
  auto* object = G_OBJECT_CLASS(klass);
  object->set_property = gst_ball_locate_set_property;
  object->get_property = gst_ball_locate_get_property;
  object->finalize = gst_ball_locate_finalize;
  install_properties(object);

  auto* element = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element, &sink_template);
  gst_element_class_add_static_pad_template(element, &src_template);
  gst_element_class_set_static_metadata(
      element, "Ball locator", "Filter/Analyzer/Video",
      "Finds a ball and attaches where it is as a region of interest of type 'ball'",
      "The gst-ball authors");
  gst_type_mark_as_plugin_api(MethodType(), static_cast<GstPluginAPIFlags>(0));

  auto* base = GST_BASE_TRANSFORM_CLASS(klass);
  base->start = gst_ball_locate_start;
  base->set_caps = gst_ball_locate_set_caps;
  base->propose_allocation = gst_ball_locate_propose_allocation;
  base->decide_allocation = gst_ball_locate_decide_allocation;
  base->sink_event = gst_ball_locate_sink_event;
  base->prepare_output_buffer = gst_ball_locate_prepare_output_buffer;
  base->transform_ip = gst_ball_locate_transform_ip;
}

static void gst_ball_locate_init(GstBallLocate* self) {
  self->priv = new Private;
  gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
}

static void gst_ball_locate_finalize(GObject* object) {
  delete GST_BALL_LOCATE(object)->priv;
  G_OBJECT_CLASS(gst_ball_locate_parent_class)->finalize(object);
}

static void gst_ball_locate_set_property(GObject* object, guint id, const GValue* value,
                                         GParamSpec* spec) {
  Private& priv = *GST_BALL_LOCATE(object)->priv;
  const std::lock_guard<std::mutex> guard(priv.lock);
  LocatorSettings& locator = priv.settings.locator;
  switch (id) {
    case kPropBallColor:
      locator.ball_color = g_value_get_uint(value);
      break;
    case kPropTolerance:
      locator.tolerance = g_value_get_double(value);
      break;
    case kPropMinRadius:
      locator.min_radius = g_value_get_double(value);
      break;
    case kPropMaxRadius:
      locator.max_radius = g_value_get_double(value);
      break;
    case kPropMethod:
      locator.method = static_cast<LocateMethod>(g_value_get_enum(value));
      break;
    case kPropTrack:
      locator.track = g_value_get_boolean(value) != FALSE;
      break;
    case kPropPostMessages:
      priv.settings.post_messages = g_value_get_boolean(value) != FALSE;
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
      break;
  }
}

static void gst_ball_locate_get_property(GObject* object, guint id, GValue* value,
                                         GParamSpec* spec) {
  Private& priv = *GST_BALL_LOCATE(object)->priv;
  const std::lock_guard<std::mutex> guard(priv.lock);
  const LocatorSettings& locator = priv.settings.locator;
  switch (id) {
    case kPropBallColor:
      g_value_set_uint(value, locator.ball_color);
      break;
    case kPropTolerance:
      g_value_set_double(value, locator.tolerance);
      break;
    case kPropMinRadius:
      g_value_set_double(value, locator.min_radius);
      break;
    case kPropMaxRadius:
      g_value_set_double(value, locator.max_radius);
      break;
    case kPropMethod:
      g_value_set_enum(value, static_cast<gint>(locator.method));
      break;
    case kPropTrack:
      g_value_set_boolean(value, locator.track);
      break;
    case kPropPostMessages:
      g_value_set_boolean(value, priv.settings.post_messages);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
      break;
  }
}

static gboolean gst_ball_locate_start(GstBaseTransform* base) {
  GST_BALL_LOCATE(base)->priv->state = State{};
  return TRUE;
}

static gboolean gst_ball_locate_set_caps(GstBaseTransform* base, GstCaps* incaps, GstCaps*) {
  State& state = GST_BALL_LOCATE(base)->priv->state;
  state.info = ball::locate::VideoInfoFrom(incaps);
  if (!state.info) {
    GST_ERROR_OBJECT(base, "not raw video: %" GST_PTR_FORMAT, static_cast<gpointer>(incaps));
    return FALSE;
  }
  state.locator.Forget();
  return TRUE;
}

// Frames pass through, so upstream allocates what downstream wants.
static gboolean gst_ball_locate_propose_allocation(GstBaseTransform* base, GstQuery*,
                                                   GstQuery* query) {
  return gst_pad_peer_query(GST_BASE_TRANSFORM_SRC_PAD(base), query);
}

// Nothing is ever allocated here.
static gboolean gst_ball_locate_decide_allocation(GstBaseTransform*, GstQuery*) { return TRUE; }

static gboolean gst_ball_locate_sink_event(GstBaseTransform* base, GstEvent* event) {
  if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) {
    GST_BALL_LOCATE(base)->priv->state.locator.Forget();
  }
  return GST_BASE_TRANSFORM_CLASS(gst_ball_locate_parent_class)->sink_event(base, event);
}

// Only the buffer has to be writable, for its metas; a copy of it shares the memory.
static GstFlowReturn gst_ball_locate_prepare_output_buffer(GstBaseTransform*, GstBuffer* input,
                                                           GstBuffer** output) {
  *output = gst_buffer_is_writable(input) ? input : gst_buffer_copy(input);
  return GST_FLOW_OK;
}

static GstFlowReturn gst_ball_locate_transform_ip(GstBaseTransform* base, GstBuffer* buffer) {
  auto* self = GST_BALL_LOCATE(base);
  State& state = self->priv->state;
  Settings settings;
  {
    const std::lock_guard<std::mutex> guard(self->priv->lock);
    settings = self->priv->settings;
  }
  ball::RemoveAnswers(buffer);
  std::optional<Detection> detection;
  try {
    const MappedFrame frame(*state.info, buffer);
    if (!frame) {
      GST_ELEMENT_ERROR(self, STREAM, FORMAT, ("A frame is smaller than its format asks for."),
                        ("cannot map %" GST_PTR_FORMAT, static_cast<gpointer>(buffer)));
      return GST_FLOW_ERROR;
    }
    state.locator.Configure(settings.locator);
    detection = state.locator.Locate(frame.View());
  } catch (const std::exception& error) {
    GST_ELEMENT_ERROR(self, STREAM, FAILED, ("Looking for the ball failed."), ("%s", error.what()));
    return GST_FLOW_ERROR;
  }
  if (detection) {
    ball::AttachAnswer(buffer, {detection->ball, detection->confidence},
                       GST_VIDEO_INFO_WIDTH(&*state.info), GST_VIDEO_INFO_HEIGHT(&*state.info));
  }
  if (settings.post_messages) {
    gst_element_post_message(
        GST_ELEMENT(self), gst_message_new_element(
                               GST_OBJECT(self), DescribeAnswer(base->segment, buffer, detection)));
  }
  return GST_FLOW_OK;
}
