// SPDX-License-Identifier: LGPL-2.1-or-later
// What the two ends report to each other (RTCP) beside the frames.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>

#include "apps/link/peer_elements.h"
#include "tests/loop/peers.h"
#include "tests/run_until.h"

namespace ball {
namespace {

using std::chrono::seconds;

bool IsReportThread() {
  char* name = nullptr;
  g_file_get_contents("/proc/thread-self/comm", &name, nullptr, nullptr);
  return std::string(OwnedString(name).get()).rfind("rtpsession", 0) == 0;
}

// Holds back what a pipeline reports.
class HeldReports {
 public:
  explicit HeldReports(GstElement* pipeline)
      : added_(pipeline, "deep-element-added", G_CALLBACK(OnElement), this) {}

  void Release() { held_ = false; }

 private:
  static void OnElement(GstBin*, GstBin*, GstElement* element, gpointer data) {
    if (!IsA(element, "rtpsession")) return;
    static_cast<HeldReports*>(data)->pads_ =
        SignalHandler(element, "pad-added", G_CALLBACK(OnPad), data);
  }

  static void OnPad(GstElement*, GstPad* pad, gpointer data) {
    if (g_strcmp0(GST_OBJECT_NAME(pad), "send_rtcp_src") != 0) return;
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, OnReport, data, nullptr);
  }

  static GstPadProbeReturn OnReport(GstPad*, GstPadProbeInfo*, gpointer data) {
    return static_cast<HeldReports*>(data)->held_ ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  }

  std::atomic<bool> held_ = true;
  SignalHandler pads_;
  SignalHandler added_;
};

// Has the peer's first report come, of all times, while a pipeline asks for something it needs for
// its own.
class QuestionedReport {
 public:
  QuestionedReport(GstElement* pipeline, HeldReports& peer)
      : peer_(peer), added_(pipeline, "deep-element-added", G_CALLBACK(OnElement), this) {}
  ~QuestionedReport() {
    if (hook_ != 0) g_signal_remove_emission_hook(signal_, hook_);
  }
  QuestionedReport(const QuestionedReport&) = delete;
  QuestionedReport& operator=(const QuestionedReport&) = delete;

  bool asked() const { return asked_; }

 private:
  static void OnElement(GstBin*, GstBin*, GstElement* element, gpointer data) {
    if (!IsA(element, "rtpsession")) return;
    auto* self = static_cast<QuestionedReport*>(data);
    self->element_ = element;
    GObject* session = nullptr;
    g_object_get(element, "internal-session", &session, nullptr);
    self->session_ = Ref<GObject>::adopt(session);
    self->signal_ = g_signal_lookup("request-pt-map", G_OBJECT_TYPE(element));
    self->hook_ = g_signal_add_emission_hook(self->signal_, 0, OnQuestion, data, nullptr);
  }

  // A handler would answer the question.
  static gboolean OnQuestion(GSignalInvocationHint*, guint, const GValue* values, gpointer data) {
    auto* self = static_cast<QuestionedReport*>(data);
    if (g_value_get_object(values) != self->element_ || !IsReportThread()) return TRUE;
    self->asked_ = true;
    const guint before = self->Sources();
    self->peer_.Release();
    const auto deadline = std::chrono::steady_clock::now() + seconds(10);
    while (self->Sources() == before && std::chrono::steady_clock::now() < deadline) g_usleep(1000);
    return TRUE;
  }

  guint Sources() const {
    guint count = 0;
    g_object_get(session_.get(), "num-sources", &count, nullptr);
    return count;
  }

  HeldReports& peer_;
  GstElement* element_ = nullptr;
  Ref<GObject> session_;
  guint signal_ = 0;
  gulong hook_ = 0;
  std::atomic<bool> asked_ = false;
  SignalHandler added_;
};

class ReportsTest : public LoopTest {};

// Up to GStreamer 1.22.2 a report that comes while another one asks is a GLib critical, which ends
// a test.
TEST_F(ReportsTest, AskNothingWhileTheyAreWritten) {
  RunningSource source(Codec::kVp8);
  ServerEnd server(source.pipeline(), Codec::kVp8, teardown_);
  ClientEnd client(teardown_);
  HeldReports held(client.receiver().pipeline());
  const QuestionedReport questioned(server.media().pipeline(), held);
  ASSERT_TRUE(Connect(server, client));
  ASSERT_TRUE(AwaitAnswers(server, client, 120));
  EXPECT_FALSE(questioned.asked());
  held.Release();
  EXPECT_TRUE(AwaitAnswers(server, client, 180));
  EXPECT_TRUE(server.log().failures.empty());
}

// One exchange or two, on this very machine.
TEST_F(ReportsTest, HandshakeTellsTheRoundTrip) {
  RunningSource source(Codec::kVp8);
  ServerEnd server(source.pipeline(), Codec::kVp8, teardown_);
  ClientEnd client(teardown_);
  ASSERT_TRUE(Connect(server, client));
  ASSERT_TRUE(RunUntil([&] { return !server.log().round_trips.empty(); }));
  for (const auto round_trip : server.log().round_trips) {
    EXPECT_GT(round_trip, std::chrono::nanoseconds::zero());
    EXPECT_LT(round_trip, seconds(1));
  }
}

}  // namespace
}  // namespace ball
