// SPDX-License-Identifier: LGPL-2.1-or-later
// A peer that leaves while the other one still sends.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>

#include "apps/link/peer_elements.h"
#include "tests/loop/peers.h"
#include "tests/run_until.h"

namespace ball {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

// RFC 5761, section 4.
bool IsReport(GstBuffer* packet) {
  guint8 type = 0;
  return gst_buffer_extract(packet, 1, &type, 1) == 1 && type >= 192 && type <= 223;
}

// Holds the first report (RTCP) back until the element that it is for has been stopped behind it.
// Outlives the pipeline.
class LateReport {
 public:
  explicit LateReport(GstElement* pipeline)
      : added_(pipeline, "deep-element-added", G_CALLBACK(OnElement), this) {}

  bool held() const { return held_; }
  bool came_too_late() const { return came_too_late_; }

 private:
  static void OnElement(GstBin*, GstBin*, GstElement* element, gpointer data) {
    if (!IsA(element, "srtpdec")) return;
    auto* self = static_cast<LateReport*>(data);
    const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "rtp_sink"));
    self->media_ = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "rtp_src"));
    self->reports_ = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "rtcp_src"));
    gst_pad_add_probe(sink.get(), GST_PAD_PROBE_TYPE_BUFFER, OnPacket, data, nullptr);
  }

  static GstPadProbeReturn OnPacket(GstPad*, GstPadProbeInfo* info, gpointer data) {
    auto* self = static_cast<LateReport*>(data);
    if (!IsReport(GST_PAD_PROBE_INFO_BUFFER(info))) return GST_PAD_PROBE_OK;
    if (self->held_.exchange(true)) return GST_PAD_PROBE_OK;
    const auto deadline = steady_clock::now() + seconds(30);
    while (!self->Stopped() && steady_clock::now() < deadline) g_usleep(1000);
    self->came_too_late_ = self->Stopped();
    return GST_PAD_PROBE_OK;
  }

  // A pad that has been stopped knows of no stream.
  bool Stopped() const { return !HasStream(media_.get()) && !HasStream(reports_.get()); }

  static bool HasStream(GstPad* pad) {
    GstEvent* start = gst_pad_get_sticky_event(pad, GST_EVENT_STREAM_START, 0);
    if (start != nullptr) gst_event_unref(start);
    return start != nullptr;
  }

  Ref<GstPad> media_;
  Ref<GstPad> reports_;
  std::atomic<bool> held_ = false;
  std::atomic<bool> came_too_late_ = false;
  SignalHandler added_;
};

// A GLib critical, which it was, ends a test.
TEST(LeavingTest, FirstReportThatComesTooLateIsNoProblem) {
  std::unique_ptr<LateReport> report;
  Teardown teardown;
  RunningSource source(Codec::kVp8);
  {
    ServerEnd server(source.pipeline(), Codec::kVp8, teardown);
    {
      ClientEnd client(teardown);
      report = std::make_unique<LateReport>(client.receiver().pipeline());
      ASSERT_TRUE(Connect(server, client));
      ASSERT_TRUE(RunUntil([&] { return report->held(); }));
    }
    EXPECT_TRUE(RunUntil([&] { return report->came_too_late(); }));
  }
  EXPECT_TRUE(teardown.Finish(seconds(20)));
}

}  // namespace
}  // namespace ball
