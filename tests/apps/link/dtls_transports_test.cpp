// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/dtls_transports.h"

#include <gtest/gtest.h>

#include <string_view>

#include "apps/link/ice_agent.h"

namespace ball {
namespace {

// A webrtcbin that has offered a data channel, in a pipeline that runs.
class LeaveIceTest : public testing::Test {
 protected:
  LeaveIceTest()
      : pipeline_(Ref<GstElement>::sink(gst_pipeline_new(nullptr))),
        webrtcbin_(Ref<GstElement>::sink(gst_element_factory_make("webrtcbin", nullptr))) {
    IceOptions options;
    options.address = "127.0.0.1";
    ConfigureIce(webrtcbin_.get(), options);
    gst_bin_add(GST_BIN(pipeline_.get()), webrtcbin_.get());
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    GObject* channel = nullptr;
    g_signal_emit_by_name(webrtcbin_.get(), "create-data-channel", "some", nullptr, &channel);
    Ref<GObject>::adopt(channel);
    Offer();
    Watch();
  }
  ~LeaveIceTest() override {
    if (pipeline_) Stop();
    if (receiver_ != nullptr) g_object_remove_weak_pointer(receiver_, Pointer());
  }

  GstElement* webrtcbin() { return webrtcbin_.get(); }
  // Whether webrtcbin has a bin that receives, or something still has it.
  bool HasReceiver() const { return receiver_ != nullptr; }

  Ref<GObject> Ice() {
    const auto transports = DtlsTransportsOf(webrtcbin_.get());
    GObject* ice = nullptr;
    if (!transports.empty()) g_object_get(transports[0].get(), "transport", &ice, nullptr);
    return Ref<GObject>::adopt(ice);
  }

  void Stop() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  void Release() {
    webrtcbin_ = {};
    pipeline_ = {};
  }

 private:
  Ref<GstPromise> Ask(const char* action, GstWebRTCSessionDescription* description) {
    auto promise = Ref<GstPromise>::adopt(gst_promise_new());
    g_signal_emit_by_name(webrtcbin_.get(), action, description, promise.get());
    gst_promise_wait(promise.get());
    return promise;
  }

  void Offer() {
    const auto promise = Ask("create-offer", nullptr);
    GstWebRTCSessionDescription* raw = nullptr;
    gst_structure_get(gst_promise_get_reply(promise.get()), "offer",
                      GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr);
    const Owned<GstWebRTCSessionDescription> offer(raw);
    Ask("set-local-description", offer.get());
  }

  void Watch() {
    const std::string_view wanted = "TransportReceiveBin";
    for (const GList* one = GST_BIN(webrtcbin_.get())->children; one != nullptr; one = one->next) {
      if (wanted == G_OBJECT_TYPE_NAME(one->data)) receiver_ = G_OBJECT(one->data);
    }
    if (receiver_ != nullptr) g_object_add_weak_pointer(receiver_, Pointer());
  }

  gpointer* Pointer() { return reinterpret_cast<gpointer*>(&receiver_); }

  Ref<GstElement> pipeline_;
  Ref<GstElement> webrtcbin_;
  GObject* receiver_ = nullptr;
};

TEST_F(LeaveIceTest, AStateThatIceTellsLateKeepsNothing) {
  ASSERT_TRUE(HasReceiver());
  const auto ice = Ice();
  ASSERT_TRUE(ice);
  LeaveIce(webrtcbin());
  Stop();
  g_object_notify(ice.get(), "state");
  Release();
  EXPECT_FALSE(HasReceiver());
}

}  // namespace
}  // namespace ball
