// SPDX-License-Identifier: LGPL-2.1-or-later
// A data channel that is opened at the worst of moments: while the association comes up.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>

#include "apps/link/peer_elements.h"
#include "tests/loop/peers.h"
#include "tests/run_until.h"

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

void Wait(const std::function<bool()>& done, milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  while (!done() && steady_clock::now() < deadline) g_usleep(1000);
}

// Has the association of a pipeline's webrtcbin come up while it makes a channel, as far as it lets
// it, and lets whoever links the channel first do so slowly.
class WorstMoment {
 public:
  explicit WorstMoment(GstElement* pipeline)
      : webrtcbin_(Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline), "peer"))),
        added_(webrtcbin_.get(), "deep-element-added", G_CALLBACK(OnElement), this),
        prepared_(webrtcbin_.get(), "prepare-data-channel", G_CALLBACK(OnPrepare), this) {}

  // Once it is described: webrtcbin tells nothing about itself while it makes a channel.
  void FindTransport() {
    GObject* transport = nullptr;
    g_object_get(webrtcbin_.get(), "sctp-transport", &transport, nullptr);
    transport_ = Ref<GObject>::adopt(transport);
  }

 private:
  static void OnElement(GstBin*, GstBin*, GstElement* element, gpointer data) {
    if (!IsA(element, "sctpenc")) return;
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "src"));
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, OnPacket, data, nullptr);
    static_cast<WorstMoment*>(data)->linked_ =
        SignalHandler(element, "pad-added", G_CALLBACK(OnLink), data);
  }

  static GstPadProbeReturn OnPacket(GstPad*, GstPadProbeInfo*, gpointer data) {
    auto* self = static_cast<WorstMoment*>(data);
    if (!self->waited_.exchange(true)) Wait([self] { return self->making_.load(); }, seconds(1));
    return GST_PAD_PROBE_OK;
  }

  // With webrtcbin's locks for channels held.
  static void OnPrepare(GstElement*, GstWebRTCDataChannel*, gboolean local, gpointer data) {
    auto* self = static_cast<WorstMoment*>(data);
    if (local == FALSE || !self->transport_) return;
    self->making_ = true;
    Wait([self] { return self->IsUp(); }, seconds(10));
  }

  static void OnLink(GstElement*, GstPad*, gpointer) { g_usleep(200000); }

  bool IsUp() const {
    GstWebRTCSCTPTransportState state = GST_WEBRTC_SCTP_TRANSPORT_STATE_NEW;
    g_object_get(transport_.get(), "state", &state, nullptr);
    return state == GST_WEBRTC_SCTP_TRANSPORT_STATE_CONNECTED;
  }

  const Ref<GstElement> webrtcbin_;
  Ref<GObject> transport_;
  std::atomic<bool> making_ = false;
  std::atomic<bool> waited_ = false;
  SignalHandler linked_;
  SignalHandler added_;
  SignalHandler prepared_;
};

TEST(EarlyChannelTest, CarriesMessagesThoughItWasMadeWhileTheAssociationCameUp) {
  // It is called as long as there is a pipeline.
  std::optional<WorstMoment> moment;
  Teardown teardown;
  {
    RunningSource source(Codec::kVp8);
    ServerEnd server(source.pipeline(), Codec::kVp8, teardown);
    ClientEnd client(teardown);
    moment.emplace(client.receiver().pipeline());
    ASSERT_TRUE(Connect(server, client));
    moment->FindTransport();
    client.peer().OpenChannel("early");
    ASSERT_TRUE(RunUntil([&] { return client.log().IsOpen("early"); }));
    ASSERT_TRUE(RunUntil([&] { return server.log().IsOpen("early"); }))
        << "what opens it was lost on its way";
    EXPECT_TRUE(client.peer().Send("early", "hello"));
    EXPECT_TRUE(RunUntil([&] { return !server.log().messages.empty(); }));
  }
  EXPECT_TRUE(teardown.Finish(seconds(20)));
}

}  // namespace
}  // namespace ball
