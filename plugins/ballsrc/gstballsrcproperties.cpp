// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/gstballsrcproperties.h"

#include <gst/gst.h>

#include <cmath>

namespace ball {
namespace {

enum Id : guint {
  kBallColor = 1,
  kRadius,
  kStartX,
  kStartY,
  kSpeed,
  kDirection,
  kMotion,
  kSeed,
  kBackground,
  kBackgroundColor,
  kDistractors,
  kHidePeriod,
  kHideDuration,
  kEnd,
};

constexpr gdouble kMaxRadius = 16384;  // half of the largest picture
constexpr guint kMaxDistractors = 1000;
constexpr gdouble kMaxHide = 1e6;

GType MotionType() {
  static const GEnumValue values[] = {
      {static_cast<gint>(Motion::kUniform), "Straight on, reflected at the walls", "uniform"},
      {static_cast<gint>(Motion::kGravity),
       "Falls (the picture's height in one second) and bounces without loss", "gravity"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstBallSrcMotion", values);
  return type;
}

GType BackgroundType() {
  static const GEnumValue values[] = {
      {static_cast<gint>(BackgroundPattern::kSolid), "The background color everywhere", "solid"},
      {static_cast<gint>(BackgroundPattern::kGradient),
       "From the background color (top left) to a shade of it (bottom right)", "gradient"},
      {static_cast<gint>(BackgroundPattern::kCheckers),
       "Squares of 32 pixels in the background color and a shade of it", "checkers"},
      {static_cast<gint>(BackgroundPattern::kNoise),
       "Each pixel between the background color and a shade of it, from the seed", "noise"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstBallSrcBackground", values);
  return type;
}

// Installs properties of one class, all with the same flags.
struct Installer {
  GObjectClass* klass;
  GParamFlags flags;

  void Number(Id id, const char* name, const char* nick, const char* blurb, gdouble least,
              gdouble most, gdouble value) const {
    g_object_class_install_property(
        klass, id, g_param_spec_double(name, nick, blurb, least, most, value, flags));
  }
  void Whole(Id id, const char* name, const char* nick, const char* blurb, guint most,
             guint value) const {
    g_object_class_install_property(klass, id,
                                    g_param_spec_uint(name, nick, blurb, 0, most, value, flags));
  }
  void Choice(Id id, const char* name, const char* nick, const char* blurb, GType type,
              gint value) const {
    gst_type_mark_as_plugin_api(type, static_cast<GstPluginAPIFlags>(0));
    g_object_class_install_property(klass, id,
                                    g_param_spec_enum(name, nick, blurb, type, value, flags));
  }
};

gdouble Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<gdouble>(time).count();
}

std::chrono::nanoseconds FromSeconds(gdouble seconds) {
  return std::chrono::nanoseconds(std::isfinite(seconds) ? std::llround(seconds * 1e9) : 0);
}

void InstallBallProperties(const Installer& add, const SceneSettings& preset) {
  const TrajectorySettings& ball = preset.ball;
  add.Whole(kBallColor, "ball-color", "Ball color",
            "Color of the ball, 0xAARRGGBB; alpha is ignored", G_MAXUINT32, preset.ball_color);
  add.Number(kRadius, "radius", "Radius", "Radius of the ball in pixels", kMinRadius, kMaxRadius,
             ball.radius);
  add.Number(
      kStartX, "start-x", "Start x",
      "Where the centre is at time 0, in pixels from the left edge; moved in until the whole "
      "ball is inside; negative: the middle of the picture",
      -G_MAXDOUBLE, G_MAXDOUBLE, ball.start_x);
  add.Number(kStartY, "start-y", "Start y",
             "Where the centre is at time 0, in pixels from the top edge; moved in until the whole "
             "ball is inside; negative: the middle of the picture",
             -G_MAXDOUBLE, G_MAXDOUBLE, ball.start_y);
  add.Number(kSpeed, "speed", "Speed", "Speed at time 0 in pixels per second", 0, kMaxSpeed,
             ball.speed);
  add.Number(kDirection, "direction", "Direction",
             "Direction at time 0 in degrees, clockwise: 0 is to the right, 90 is down",
             -G_MAXDOUBLE, G_MAXDOUBLE, ball.direction);
  add.Choice(kMotion, "motion", "Motion", "How the ball moves", MotionType(),
             static_cast<gint>(ball.motion));
  add.Number(kHidePeriod, "hide-period", "Hide period",
             "The ball is absent during the last hide-duration of each such period, in seconds; 0: "
             "never",
             0, kMaxHide, Seconds(ball.hide_period));
  add.Number(kHideDuration, "hide-duration", "Hide duration",
             "How long the ball is absent in each hide-period, in seconds; 0: never", 0, kMaxHide,
             Seconds(ball.hide_duration));
}

void InstallSceneProperties(const Installer& add, const StageSettings& preset) {
  add.Whole(kSeed, "seed", "Seed",
            "The number that background noise and distractors come from, 0 to 4294967295",
            G_MAXUINT32, preset.scene.seed);
  add.Choice(kBackground, "background", "Background", "Pattern behind the ball", BackgroundType(),
             static_cast<gint>(preset.background.pattern));
  add.Whole(kBackgroundColor, "background-color", "Background color",
            "Color of the background, 0xAARRGGBB; alpha is ignored", G_MAXUINT32,
            preset.background.color);
  add.Whole(kDistractors, "distractors", "Distractors",
            "Number of other balls, in other colors, that move behind the ball", kMaxDistractors,
            preset.scene.distractors);
}

}  // namespace

guint InstallStageProperties(GObjectClass* klass, GParamFlags flags) {
  const StageSettings preset;
  InstallBallProperties({klass, flags}, preset.scene);
  InstallSceneProperties({klass, flags}, preset);
  return kEnd;
}

bool SetStageProperty(StageSettings& settings, guint id, const GValue* value) {
  SceneSettings& scene = settings.scene;
  switch (id) {
    case kBallColor:
      scene.ball_color = g_value_get_uint(value);
      break;
    case kRadius:
      scene.ball.radius = g_value_get_double(value);
      break;
    case kStartX:
      scene.ball.start_x = g_value_get_double(value);
      break;
    case kStartY:
      scene.ball.start_y = g_value_get_double(value);
      break;
    case kSpeed:
      scene.ball.speed = g_value_get_double(value);
      break;
    case kDirection:
      scene.ball.direction = g_value_get_double(value);
      break;
    case kMotion:
      scene.ball.motion = static_cast<Motion>(g_value_get_enum(value));
      break;
    case kSeed:
      scene.seed = settings.background.seed = g_value_get_uint(value);
      break;
    case kBackground:
      settings.background.pattern = static_cast<BackgroundPattern>(g_value_get_enum(value));
      break;
    case kBackgroundColor:
      settings.background.color = g_value_get_uint(value);
      break;
    case kDistractors:
      scene.distractors = g_value_get_uint(value);
      break;
    case kHidePeriod:
      scene.ball.hide_period = FromSeconds(g_value_get_double(value));
      break;
    case kHideDuration:
      scene.ball.hide_duration = FromSeconds(g_value_get_double(value));
      break;
    default:
      return false;
  }
  return true;
}

bool GetStageProperty(const StageSettings& settings, guint id, GValue* value) {
  const SceneSettings& scene = settings.scene;
  switch (id) {
    case kBallColor:
      g_value_set_uint(value, scene.ball_color);
      break;
    case kRadius:
      g_value_set_double(value, scene.ball.radius);
      break;
    case kStartX:
      g_value_set_double(value, scene.ball.start_x);
      break;
    case kStartY:
      g_value_set_double(value, scene.ball.start_y);
      break;
    case kSpeed:
      g_value_set_double(value, scene.ball.speed);
      break;
    case kDirection:
      g_value_set_double(value, scene.ball.direction);
      break;
    case kMotion:
      g_value_set_enum(value, static_cast<gint>(scene.ball.motion));
      break;
    case kSeed:
      g_value_set_uint(value, scene.seed);
      break;
    case kBackground:
      g_value_set_enum(value, static_cast<gint>(settings.background.pattern));
      break;
    case kBackgroundColor:
      g_value_set_uint(value, settings.background.color);
      break;
    case kDistractors:
      g_value_set_uint(value, scene.distractors);
      break;
    case kHidePeriod:
      g_value_set_double(value, Seconds(scene.ball.hide_period));
      break;
    case kHideDuration:
      g_value_set_double(value, Seconds(scene.ball.hide_duration));
      break;
    default:
      return false;
  }
  return true;
}

}  // namespace ball
