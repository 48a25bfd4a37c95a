// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands stay on one line each.
// clang-format off
/**
 * SECTION:element-balloverlay
 * @title: balloverlay
 *
 * Draws into each frame what is known of its ball: the answer of balllocate (the `ball` region of
 * interest) as circle and centre cross, the truth of ballsrc (`ball-truth`) as thin circle and
 * cross, and the error as a line from the truth's centre towards the answer's,
 * #GstBallOverlay:error-scale times as long as it is. What a frame does not have is not drawn.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 ballsrc num-buffers=30 ! balllocate ! videoconvert ! balloverlay text=true ! videoconvert ! fakesink
 * gst-launch-1.0 videotestsrc num-buffers=30 pattern=ball ! balllocate ball-color=0xffffffff ! videoconvert ! balloverlay answer-color=0xffff0000 line-width=3 ! fakesink
 * ]|
 */
// clang-format on
#include "plugins/balloverlay/gstballoverlay.h"

#include <exception>
#include <mutex>

#include "plugins/ballmeta.h"
#include "plugins/balloverlay/overlay_drawing.h"

GST_DEBUG_CATEGORY_STATIC(gst_ball_overlay_debug);
#define GST_CAT_DEFAULT gst_ball_overlay_debug

static constexpr gboolean kDefaultDrawAnswer = TRUE;
static constexpr gboolean kDefaultDrawTruth = TRUE;
static constexpr gboolean kDefaultDrawError = TRUE;
static constexpr gboolean kDefaultText = FALSE;
static constexpr gdouble kDefaultErrorScale = 10;  // errors are tenths of a pixel
static constexpr guint kDefaultLineWidth = 2;
static constexpr guint kDefaultAnswerColor = 0xff00ff00;
static constexpr guint kDefaultTruthColor = 0xffffffff;
static constexpr guint kDefaultErrorColor = 0xffff0000;

enum {
  PROP_0,
  PROP_DRAW_ANSWER,
  PROP_DRAW_TRUTH,
  PROP_DRAW_ERROR,
  PROP_TEXT,
  PROP_ERROR_SCALE,
  PROP_LINE_WIDTH,
  PROP_ANSWER_COLOR,
  PROP_TRUTH_COLOR,
  PROP_ERROR_COLOR,
};

static constexpr char kCaps[] = GST_VIDEO_CAPS_MAKE("{ BGRx, RGBx, BGR, RGB, BGRA, RGBA }");
static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(kCaps));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(kCaps));

namespace {

struct Settings {
  gboolean draw_answer = kDefaultDrawAnswer;
  gboolean draw_truth = kDefaultDrawTruth;
  gboolean draw_error = kDefaultDrawError;
  gboolean text = kDefaultText;
  gdouble error_scale = kDefaultErrorScale;
  guint line_width = kDefaultLineWidth;
  guint answer_color = kDefaultAnswerColor;
  guint truth_color = kDefaultTruthColor;
  guint error_color = kDefaultErrorColor;
};

// No State: each frame is drawn for itself.
struct Private {
  std::mutex lock;  // guards settings
  Settings settings;
};

}  // namespace

struct _GstBallOverlay {
  GstVideoFilter parent;
  Private* priv;
};

G_DEFINE_TYPE_WITH_CODE(GstBallOverlay, gst_ball_overlay, GST_TYPE_VIDEO_FILTER,
                        GST_DEBUG_CATEGORY_INIT(gst_ball_overlay_debug, "balloverlay", 0,
                                                "draws where the ball is"))
GST_ELEMENT_REGISTER_DEFINE(balloverlay, "balloverlay", GST_RANK_NONE, GST_TYPE_BALL_OVERLAY)

static void gst_ball_overlay_finalize(GObject* object);
static void gst_ball_overlay_set_property(GObject* object, guint id, const GValue* value,
                                          GParamSpec* pspec);
static void gst_ball_overlay_get_property(GObject* object, guint id, GValue* value,
                                          GParamSpec* pspec);
static GstFlowReturn gst_ball_overlay_transform_frame_ip(GstVideoFilter* filter,
                                                         GstVideoFrame* frame);

static constexpr auto kFlags =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                             GST_PARAM_MUTABLE_PLAYING | GST_PARAM_CONTROLLABLE);

static void gst_ball_overlay_install_switch(GObjectClass* klass, guint id, const char* name,
                                            const char* nick, const char* blurb, gboolean value) {
  g_object_class_install_property(klass, id,
                                  g_param_spec_boolean(name, nick, blurb, value, kFlags));
}

static void gst_ball_overlay_install_color(GObjectClass* klass, guint id, const char* name,
                                           const char* nick, const char* blurb, guint value) {
  g_object_class_install_property(
      klass, id, g_param_spec_uint(name, nick, blurb, 0, G_MAXUINT32, value, kFlags));
}

static void gst_ball_overlay_install_properties(GObjectClass* klass) {
  gst_ball_overlay_install_switch(klass, PROP_DRAW_ANSWER, "draw-answer", "Draw answer",
                                  "Draw the located ball (circle and centre cross)",
                                  kDefaultDrawAnswer);
  gst_ball_overlay_install_switch(klass, PROP_DRAW_TRUTH, "draw-truth", "Draw truth",
                                  "Draw the true ball (thin circle and centre cross)",
                                  kDefaultDrawTruth);
  gst_ball_overlay_install_switch(klass, PROP_DRAW_ERROR, "draw-error", "Draw error",
                                  "Draw the line from the true centre towards the located centre",
                                  kDefaultDrawError);
  gst_ball_overlay_install_switch(
      klass, PROP_TEXT, "text", "Text",
      "Write the located ball (pixels) and, where the truth is known, the error (pixels)",
      kDefaultText);
  g_object_class_install_property(
      klass, PROP_ERROR_SCALE,
      g_param_spec_double("error-scale", "Error scale",
                          "Length of the error line relative to the error (factor, 0 to 10000)", 0,
                          10000, kDefaultErrorScale, kFlags));
  g_object_class_install_property(
      klass, PROP_LINE_WIDTH,
      g_param_spec_uint("line-width", "Line width",
                        "Width of the answer's marks and the error line (pixels, 1 to 64)", 1, 64,
                        kDefaultLineWidth, kFlags));
  gst_ball_overlay_install_color(klass, PROP_ANSWER_COLOR, "answer-color", "Answer color",
                                 "Color of the answer (0xAARRGGBB, alpha is ignored)",
                                 kDefaultAnswerColor);
  gst_ball_overlay_install_color(klass, PROP_TRUTH_COLOR, "truth-color", "Truth color",
                                 "Color of the truth (0xAARRGGBB, alpha is ignored)",
                                 kDefaultTruthColor);
  gst_ball_overlay_install_color(klass, PROP_ERROR_COLOR, "error-color", "Error color",
                                 "Color of the error line (0xAARRGGBB, alpha is ignored)",
                                 kDefaultErrorColor);
}

static void gst_ball_overlay_class_init(GstBallOverlayClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->finalize = gst_ball_overlay_finalize;
  object_class->set_property = gst_ball_overlay_set_property;
  object_class->get_property = gst_ball_overlay_get_property;
  gst_ball_overlay_install_properties(object_class);
  auto* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "Ball overlay", "Filter/Editor/Video",
      "Draws the located ball, the true ball and the error between them", "gst-ball");
  GST_VIDEO_FILTER_CLASS(klass)->transform_frame_ip =
      GST_DEBUG_FUNCPTR(gst_ball_overlay_transform_frame_ip);
}

static void gst_ball_overlay_init(GstBallOverlay* self) { self->priv = new Private; }

static void gst_ball_overlay_finalize(GObject* object) {
  delete GST_BALL_OVERLAY(object)->priv;
  G_OBJECT_CLASS(gst_ball_overlay_parent_class)->finalize(object);
}

static void gst_ball_overlay_set_property(GObject* object, guint id, const GValue* value,
                                          GParamSpec* pspec) {
  Private* priv = GST_BALL_OVERLAY(object)->priv;
  const std::lock_guard guard(priv->lock);
  Settings& settings = priv->settings;
  switch (id) {
    case PROP_DRAW_ANSWER:
      settings.draw_answer = g_value_get_boolean(value);
      break;
    case PROP_DRAW_TRUTH:
      settings.draw_truth = g_value_get_boolean(value);
      break;
    case PROP_DRAW_ERROR:
      settings.draw_error = g_value_get_boolean(value);
      break;
    case PROP_TEXT:
      settings.text = g_value_get_boolean(value);
      break;
    case PROP_ERROR_SCALE:
      settings.error_scale = g_value_get_double(value);
      break;
    case PROP_LINE_WIDTH:
      settings.line_width = g_value_get_uint(value);
      break;
    case PROP_ANSWER_COLOR:
      settings.answer_color = g_value_get_uint(value);
      break;
    case PROP_TRUTH_COLOR:
      settings.truth_color = g_value_get_uint(value);
      break;
    case PROP_ERROR_COLOR:
      settings.error_color = g_value_get_uint(value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void gst_ball_overlay_get_property(GObject* object, guint id, GValue* value,
                                          GParamSpec* pspec) {
  Private* priv = GST_BALL_OVERLAY(object)->priv;
  const std::lock_guard guard(priv->lock);
  const Settings& settings = priv->settings;
  switch (id) {
    case PROP_DRAW_ANSWER:
      g_value_set_boolean(value, settings.draw_answer);
      break;
    case PROP_DRAW_TRUTH:
      g_value_set_boolean(value, settings.draw_truth);
      break;
    case PROP_DRAW_ERROR:
      g_value_set_boolean(value, settings.draw_error);
      break;
    case PROP_TEXT:
      g_value_set_boolean(value, settings.text);
      break;
    case PROP_ERROR_SCALE:
      g_value_set_double(value, settings.error_scale);
      break;
    case PROP_LINE_WIDTH:
      g_value_set_uint(value, settings.line_width);
      break;
    case PROP_ANSWER_COLOR:
      g_value_set_uint(value, settings.answer_color);
      break;
    case PROP_TRUTH_COLOR:
      g_value_set_uint(value, settings.truth_color);
      break;
    case PROP_ERROR_COLOR:
      g_value_set_uint(value, settings.error_color);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static ball::OverlayStyle gst_ball_overlay_style_of(GstBallOverlay* self) {
  const std::lock_guard guard(self->priv->lock);
  const Settings& settings = self->priv->settings;
  return {settings.draw_answer != FALSE, settings.draw_truth != FALSE,
          settings.draw_error != FALSE,  settings.text != FALSE,
          settings.error_scale,          static_cast<int>(settings.line_width),
          settings.answer_color,         settings.truth_color,
          settings.error_color};
}

static ball::OverlayContent gst_ball_overlay_content_of(GstBuffer* buffer) {
  ball::OverlayContent content;
  content.truth = ball::FindTruth(buffer);
  if (const auto answer = ball::FindAnswer(buffer)) {
    content.answer = answer->ball;
    content.confidence = answer->confidence;
  }
  return content;
}

static GstFlowReturn gst_ball_overlay_transform_frame_ip(GstVideoFilter* filter,
                                                         GstVideoFrame* frame) {
  auto* self = GST_BALL_OVERLAY(filter);
  const bool starts_with_red = GST_VIDEO_FRAME_COMP_OFFSET(frame, GST_VIDEO_COMP_R) == 0;
  const auto order = starts_with_red ? ball::ChannelOrder::kRgb : ball::ChannelOrder::kBgr;
  try {
    cv::Mat picture(GST_VIDEO_FRAME_HEIGHT(frame), GST_VIDEO_FRAME_WIDTH(frame),
                    CV_8UC(GST_VIDEO_FRAME_COMP_PSTRIDE(frame, 0)),
                    GST_VIDEO_FRAME_PLANE_DATA(frame, 0), GST_VIDEO_FRAME_PLANE_STRIDE(frame, 0));
    ball::DrawOverlay(picture, order, gst_ball_overlay_content_of(frame->buffer),
                      gst_ball_overlay_style_of(self));
  } catch (const std::exception& error) {
    GST_ELEMENT_ERROR(self, LIBRARY, FAILED, ("OpenCV cannot draw into the frame."),
                      ("%s", error.what()));
    return GST_FLOW_ERROR;
  }
  return GST_FLOW_OK;
}
