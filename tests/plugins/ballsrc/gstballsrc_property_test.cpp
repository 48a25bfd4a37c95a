// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <tuple>

#include "plugins/ballmeta.h"
#include "tests/plugins/ballsrc/harness.h"

namespace ball {
namespace {

GstElement* NewElement() {
  return GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("ballsrc", nullptr)));
}

TEST(BallSrcPropertyTest, NumbersAreReadBackAsTheyWereSet) {
  g_autoptr(GstElement) element = NewElement();
  for (const char* name :
       {"radius", "start-x", "start-y", "speed", "direction", "hide-period", "hide-duration"}) {
    gdouble value = 0;
    g_object_set(element, name, 12.3, nullptr);
    g_object_get(element, name, &value, nullptr);
    EXPECT_EQ(value, 12.3) << name;
  }
  for (const char* name : {"ball-color", "background-color", "seed", "distractors"}) {
    guint value = 0;
    g_object_set(element, name, 123, nullptr);
    g_object_get(element, name, &value, nullptr);
    EXPECT_EQ(value, 123U) << name;
  }
}

TEST(BallSrcPropertyTest, ChoicesAreReadBackAsTheyWereSet) {
  g_autoptr(GstElement) element = NewElement();
  for (const auto& [name, choice, expected] :
       {std::tuple("motion", "gravity", 1), std::tuple("background", "gradient", 1),
        std::tuple("background", "checkers", 2), std::tuple("background", "noise", 3),
        std::tuple("is-live", "true", 1)}) {
    gint value = 0;
    gst_util_set_object_arg(G_OBJECT(element), name, choice);
    g_object_get(element, name, &value, nullptr);
    EXPECT_EQ(value, expected) << name << " " << choice;
  }
}

TEST(BallSrcPropertyTest, DefaultsAreTheDocumentedOnes) {
  g_autoptr(GstElement) element = NewElement();
  guint color = 0;
  gdouble radius = 0;
  gboolean live = TRUE;
  g_object_get(element, "ball-color", &color, "radius", &radius, "is-live", &live, nullptr);
  EXPECT_EQ(color, 0xffff8000U);
  EXPECT_EQ(radius, 20);
  EXPECT_FALSE(live);
}

TEST(BallSrcPropertyTest, PropertiesTakeEffectWithTheNextFrame) {
  const Harness harness = NewSource("ballsrc num-buffers=20 radius=5", kSmall);
  int frames = 0;
  const Probe probe(harness, [&](GstBuffer*) {
    if (++frames == 10) g_object_set(SourceIn(harness).get(), "radius", 11.0, nullptr);
  });
  gst_harness_play(harness.get());
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(FindTruth(Pull(harness).get())->radius, i < 10 ? 5 : 11) << i;
  }
}

TEST(BallSrcPropertyTest, BackgroundChangesWhilePlaying) {
  const auto expected = FramesOf("ballsrc num-buffers=20 background=noise", kSmall, 20);
  const Harness harness = NewSource("ballsrc num-buffers=20", kSmall);
  int frames = 0;
  const Probe probe(harness, [&](GstBuffer*) {
    if (++frames == 10)
      gst_util_set_object_arg(G_OBJECT(SourceIn(harness).get()), "background", "noise");
  });
  gst_harness_play(harness.get());
  for (int i = 0; i < 10; ++i) ASSERT_NE(BytesOf(Pull(harness)), expected[i]) << i;
  for (int i = 10; i < 20; ++i) ASSERT_EQ(BytesOf(Pull(harness)), expected[i]) << i;
}

}  // namespace
}  // namespace ball
