// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/locator-app/locator_app.h"

#include <glib-unix.h>
#include <unistd.h>

#include <iostream>
#include <utility>

#include "apps/link/exit_limit.h"
#include "apps/link/log.h"
#include "apps/link/text_file.h"
#include "apps/locator-app/sandbox.h"
#include "plugins/ballmeta.h"
#include "plugins/rtptimestampmeta.h"

namespace ball {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

// One waits, one is looked at; elements of the user's own may hold a few.
constexpr size_t kMaxReceived = 64;
// Of frames that the locator is too slow for.
constexpr std::chrono::milliseconds kWaiting{50};

microseconds OnClock(steady_clock::time_point time) {
  return duration_cast<microseconds>(time.time_since_epoch());
}

GstPadProbeReturn Hold(GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_OK; }

}  // namespace

LocatorApp::~LocatorApp() {
  bus_.reset();
  if (pipeline_) gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

ExitCode LocatorApp::Run() {
  const StopSignals signals([this] { Quit(ExitCode::kSuccess); });
  const guint input =
      g_unix_fd_add(STDIN_FILENO, static_cast<GIOCondition>(G_IO_IN | G_IO_HUP), OnInput, this);
  const std::string error = Start();
  if (!error.empty()) {
    std::cerr << "locator-app: " << error << std::endl;
    LimitExit(ExitCode::kFailure);
    return ExitCode::kFailure;
  }
  Write(LocatorReady{});
  loop_.Run();
  g_source_remove(input);
  LimitExit(exit_code_);
  return exit_code_;
}

std::string LocatorApp::Start() {
  // Asked here, because shmsrc 1.22 makes a critical warning of a path that is not there.
  if (access(settings_.socket_path.c_str(), R_OK | W_OK) != 0) return NoFrames();
  // GStreamer has its registry by now: it would start a program to make one.
  std::string refused;
  if (settings_.sandbox.on) refused = EnterSandbox(settings_.sandbox.address_space);
  if (!refused.empty()) return NoSandbox(refused);
  std::string error = Build();
  if (!error.empty()) return error;
  // shmsrc connects on the way to PLAYING, and reads at once: no frame goes further before the rest
  // is given up.
  const auto pad = PadOf("depay", "sink");
  const gulong gate =
      gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, Hold, nullptr, nullptr);
  if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    return NotStarted();
  }
  if (settings_.sandbox.on) refused = RefuseSockets();
  if (!refused.empty()) return NoSandbox(refused);
  gst_pad_remove_probe(pad.get(), gate);
  return {};
}

std::string LocatorApp::NoSandbox(const std::string& reason) {
  return "this system does not let the locator give up what it does not need (" + reason +
         "): give --locator-sandbox off if it may keep the network and the rest";
}

std::string LocatorApp::NotStarted() const {
  const std::string reason = StartError(pipeline_.get(), "");
  if (reason.empty() || reason.rfind("shmsrc", 0) == 0) return NoFrames();
  return "the locator '" + settings_.locator + "' cannot be started (" + reason + "): " +
         (settings_.sandbox.on
              ? "give --locator-sandbox off if it needs the network or another program"
              : "see the log, GST_DEBUG=3");
}

std::string LocatorApp::NoFrames() const {
  return "cannot take frames from " + settings_.socket_path +
         ": is a client-app running that offers them there?";
}

std::string LocatorApp::Build() {
  const std::string text =
      "shmsrc is-live=true socket-path=\"" + settings_.socket_path +
      "\" ! shmdepay name=depay ! queue name=waiting leaky=downstream ! " + settings_.locator +
      " ! fakesink name=answers sync=false async=false enable-last-sample=false";
  GError* raw_error = nullptr;
  pipeline_ = Ref<GstElement>::sink(gst_parse_launch(text.c_str(), &raw_error));
  const OwnedError error(raw_error);
  if (error) {
    return "the locator '" + settings_.locator + "' cannot be built (" + error->message +
           "): give gst-launch text, and set GST_PLUGIN_PATH to where its plugin is";
  }
  waiting_ = std::make_unique<PatientQueue>(
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "waiting")), kWaiting,
      [](GstBuffer*) { return true; });
  AddProbe("depay", "src", OnReceived);
  AddProbe("answers", "sink", OnLocated);
  bus_ = std::make_unique<BusWatch>(
      pipeline_.get(),
      BusWatch::Events{[this](const std::string& element, const std::string& reason) {
                         Log("locator-app").Say(element + ": " + reason);
                         Quit(ExitCode::kFailure);
                       },
                       [this] { Quit(ExitCode::kSuccess); },
                       // Of frames that are none: fewer and fewer lines, the longer it goes on.
                       [](const std::string& element, const std::string& reason) {
                         Log("locator-app").Say(element + ": " + reason);
                       }});
  return {};
}

void LocatorApp::AddProbe(const char* element, const char* pad, GstPadProbeCallback callback) {
  gst_pad_add_probe(PadOf(element, pad).get(), GST_PAD_PROBE_TYPE_BUFFER, callback, this, nullptr);
}

Ref<GstPad> LocatorApp::PadOf(const char* element, const char* pad) const {
  const auto owner = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), element));
  return Ref<GstPad>::adopt(gst_element_get_static_pad(owner.get(), pad));
}

GstPadProbeReturn LocatorApp::OnReceived(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<LocatorApp*>(data);
  const std::lock_guard guard(self->received_lock_);
  self->received_.emplace_back(GST_BUFFER_PTS(GST_PAD_PROBE_INFO_BUFFER(info)),
                               steady_clock::now());
  if (self->received_.size() > kMaxReceived) self->received_.pop_front();
  return GST_PAD_PROBE_OK;
}

LocatorApp::Time LocatorApp::TakeReceived(GstClockTime pts, Time now) {
  const std::lock_guard guard(received_lock_);
  while (!received_.empty()) {
    const auto [received_pts, time] = received_.front();
    received_.pop_front();
    if (received_pts == pts) return time;
  }
  return now;
}

GstPadProbeReturn LocatorApp::OnLocated(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<LocatorApp*>(data);
  const auto now = steady_clock::now();
  GstBuffer* frame = GST_PAD_PROBE_INFO_BUFFER(info);
  LocatorMessage message;
  message.rtp_timestamp = GetRtpTimestamp(frame);
  message.received = OnClock(self->TakeReceived(GST_BUFFER_PTS(frame), now));
  message.located = OnClock(now);
  if (const auto answer = FindAnswer(frame)) {
    message.found = true;
    message.x = answer->ball.x;
    message.y = answer->ball.y;
    message.radius = answer->ball.radius;
    message.confidence = answer->confidence;
  }
  self->Write(message);
  return GST_PAD_PROBE_OK;
}

void LocatorApp::Write(const LocatorLine& line) {
  if (WriteAll(settings_.output, SerializeLocatorLine(line) + "\n")) return;
  // Nobody reads any more.
  mailbox_.Post([this] { Quit(ExitCode::kSuccess); });
}

gboolean LocatorApp::OnInput(int file, GIOCondition, gpointer data) {
  char ignored[256];
  if (read(file, ignored, sizeof ignored) > 0) return G_SOURCE_CONTINUE;
  static_cast<LocatorApp*>(data)->Quit(ExitCode::kSuccess);
  // Removed by Run.
  return G_SOURCE_CONTINUE;
}

void LocatorApp::Quit(ExitCode code) {
  exit_code_ = code;
  loop_.Quit();
}

}  // namespace ball
