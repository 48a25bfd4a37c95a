// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/peer_elements.h"

#include <gtest/gtest.h>

#include "apps/link/glib_ptr.h"

namespace ball {
namespace {

// A webrtcbin with a data channel, in a pipeline that runs.
class DataChannelElementsTest : public testing::Test {
 protected:
  DataChannelElementsTest()
      : pipeline_(Ref<GstElement>::sink(gst_pipeline_new(nullptr))),
        webrtcbin_(Ref<GstElement>::sink(gst_element_factory_make("webrtcbin", nullptr))),
        added_(webrtcbin_.get(), "deep-element-added", G_CALLBACK(OnElement), this) {
    gst_bin_add(GST_BIN(pipeline_.get()), webrtcbin_.get());
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    GObject* channel = nullptr;
    g_signal_emit_by_name(webrtcbin_.get(), "create-data-channel", "some", nullptr, &channel);
    channel_ = Ref<GObject>::adopt(channel);
  }
  ~DataChannelElementsTest() override { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }

  // Of the pipeline, by now.
  Ref<GstMessage> TakeMessage(GstMessageType type) {
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
    return Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), type));
  }

  GstElement* source() const { return source_.get(); }

 private:
  static void OnElement(GstBin*, GstBin*, GstElement* element, gpointer data) {
    SetUpPeerElement(element, "", 1);
    if (!IsA(element, "appsrc")) return;
    static_cast<DataChannelElementsTest*>(data)->source_ = Ref<GstElement>::retain(element);
  }

  Ref<GstElement> pipeline_;
  Ref<GstElement> webrtcbin_;
  Ref<GstElement> source_;
  Ref<GObject> channel_;
  SignalHandler added_;
};

TEST_F(DataChannelElementsTest, KeepNoErrorMessage) {
  ASSERT_NE(source(), nullptr);
  const OwnedError error(g_error_new_literal(GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "broken"));
  GstMessage* message = gst_message_new_error(GST_OBJECT(source()), error.get(), nullptr);
  bool released = false;
  gst_mini_object_weak_ref(
      GST_MINI_OBJECT(message),
      [](gpointer data, GstMiniObject*) { *static_cast<bool*>(data) = true; }, &released);
  gst_element_post_message(source(), message);
  EXPECT_TRUE(released);
  EXPECT_FALSE(TakeMessage(GST_MESSAGE_ERROR)) << "it is the channel's alone";
}

}  // namespace
}  // namespace ball
