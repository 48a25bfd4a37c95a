// SPDX-License-Identifier: LGPL-2.1-or-later
// What gst-inspect-1.0 shows of our elements: each property described, with unit and range.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <regex>
#include <string>
#include <vector>

namespace {

struct ObjectUnref {
  void operator()(gpointer object) const { gst_object_unref(object); }
};
struct FeatureListFree {
  void operator()(GList* list) const { gst_plugin_feature_list_free(list); }
};

std::vector<std::string> OurElements() {
  const std::unique_ptr<GList, FeatureListFree> features(
      gst_registry_get_feature_list_by_plugin(gst_registry_get(), "ball"));
  std::vector<std::string> names;
  for (const GList* item = features.get(); item != nullptr; item = item->next) {
    names.emplace_back(gst_plugin_feature_get_name(GST_PLUGIN_FEATURE(item->data)));
  }
  return names;
}

std::vector<GParamSpec*> OwnProperties(GObject* object) {
  guint count = 0;
  GParamSpec** specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(object), &count);
  std::vector<GParamSpec*> own;
  for (guint i = 0; i < count; ++i) {
    if (specs[i]->owner_type == G_OBJECT_TYPE(object)) own.push_back(specs[i]);
  }
  g_free(specs);
  return own;
}

bool IsNumber(const GParamSpec* spec) {
  return G_IS_PARAM_SPEC_INT(spec) || G_IS_PARAM_SPEC_UINT(spec) || G_IS_PARAM_SPEC_INT64(spec) ||
         G_IS_PARAM_SPEC_UINT64(spec) || G_IS_PARAM_SPEC_FLOAT(spec) ||
         G_IS_PARAM_SPEC_DOUBLE(spec);
}

bool NamesUnitOrRange(const std::string& blurb) {
  static const std::regex wanted(
      R"(\b(px|pixels?|degrees?|s|seconds?|ms|milliseconds?|ns|nanoseconds?|factor|buffers|frames|balls)\b|px/s|0xAARRGGBB|[0-9.]+ (to|\.\.) [0-9.]+|[0-9]\.\.)",
      std::regex::icase);
  return std::regex_search(blurb, wanted);
}

class ElementPropertiesTest : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<GstElement, ObjectUnref> element_{
      GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make(GetParam().c_str(), nullptr)))};
};

TEST_P(ElementPropertiesTest, EachHasNameAndDescription) {
  for (const GParamSpec* spec : OwnProperties(G_OBJECT(element_.get()))) {
    const char* nick = g_param_spec_get_nick(const_cast<GParamSpec*>(spec));
    const char* blurb = g_param_spec_get_blurb(const_cast<GParamSpec*>(spec));
    EXPECT_TRUE(nick != nullptr && *nick != '\0') << spec->name;
    EXPECT_TRUE(blurb != nullptr && *blurb != '\0') << spec->name;
    EXPECT_STRNE(nick, spec->name) << "no nick was given";
  }
}

TEST_P(ElementPropertiesTest, EachNumberSaysItsUnitOrRange) {
  for (GParamSpec* spec : OwnProperties(G_OBJECT(element_.get()))) {
    if (!IsNumber(spec)) continue;
    EXPECT_TRUE(NamesUnitOrRange(g_param_spec_get_blurb(spec)))
        << spec->name << ": " << g_param_spec_get_blurb(spec);
  }
}

// The default that gst-inspect shows must be the one that a new element has.
TEST_P(ElementPropertiesTest, EachStartsWithItsDefault) {
  for (GParamSpec* spec : OwnProperties(G_OBJECT(element_.get()))) {
    if ((spec->flags & G_PARAM_READABLE) == 0) continue;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, spec->value_type);
    g_object_get_property(G_OBJECT(element_.get()), spec->name, &value);
    EXPECT_TRUE(g_param_value_defaults(spec, &value)) << spec->name;
    g_value_unset(&value);
  }
}

TEST_P(ElementPropertiesTest, EachTakesBothEndsOfItsRange) {
  for (GParamSpec* spec : OwnProperties(G_OBJECT(element_.get()))) {
    if (!G_IS_PARAM_SPEC_UINT(spec) || (spec->flags & G_PARAM_WRITABLE) == 0) continue;
    const auto* range = G_PARAM_SPEC_UINT(spec);
    for (const guint end : {range->minimum, range->maximum}) {
      guint read_back = 0;
      g_object_set(element_.get(), spec->name, end, nullptr);
      g_object_get(element_.get(), spec->name, &read_back, nullptr);
      EXPECT_EQ(read_back, end) << spec->name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Plugin, ElementPropertiesTest, testing::ValuesIn(OurElements()),
                         [](const auto& info) { return info.param; });

class PluginTest : public testing::TestWithParam<const char*> {};

TEST_P(PluginTest, RegistersTheElement) {
  const auto names = OurElements();
  EXPECT_NE(std::find(names.begin(), names.end(), GetParam()), names.end());
}

INSTANTIATE_TEST_SUITE_P(Plugin, PluginTest,
                         testing::Values("ballsrc", "balllocate", "balloverlay", "shmpay",
                                         "shmdepay"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
