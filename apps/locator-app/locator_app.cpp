// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/locator-app/locator_app.h"

#include <glib-unix.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <utility>

#include "plugins/ballmeta.h"
#include "plugins/rtptimestampmeta.h"

namespace ball {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

// One waits, one is looked at; elements of the user's own may hold a few.
constexpr size_t kMaxReceived = 64;

microseconds OnClock(steady_clock::time_point time) {
  return duration_cast<microseconds>(time.time_since_epoch());
}

bool WriteAll(int file, const std::string& text) {
  for (size_t done = 0; done < text.size();) {
    const ssize_t count = write(file, text.data() + done, text.size() - done);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) done += static_cast<size_t>(count);
  }
  return true;
}

}  // namespace

LocatorApp::~LocatorApp() {
  bus_.reset();
  if (pipeline_) gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

ExitCode LocatorApp::Run() {
  const StopSignals signals([this] { Quit(ExitCode::kSuccess); });
  const guint input =
      g_unix_fd_add(STDIN_FILENO, static_cast<GIOCondition>(G_IO_IN | G_IO_HUP), OnInput, this);
  // Asked here, because shmsrc 1.22 makes a critical warning of a path that is not there.
  const bool offered = access(settings_.socket_path.c_str(), R_OK | W_OK) == 0;
  std::string error = offered ? Build() : NoFrames();
  if (error.empty() &&
      gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    error = NoFrames();
  }
  if (!error.empty()) {
    std::cerr << "locator-app: " << error << std::endl;
    return ExitCode::kFailure;
  }
  Write(LocatorReady{});
  loop_.Run();
  g_source_remove(input);
  return exit_code_;
}

std::string LocatorApp::NoFrames() const {
  return "cannot take frames from " + settings_.socket_path +
         ": is a client-app running that offers them there?";
}

std::string LocatorApp::Build() {
  const std::string text =
      "shmsrc is-live=true socket-path=\"" + settings_.socket_path +
      "\" ! shmdepay name=depay ! queue leaky=downstream max-size-buffers=0 max-size-bytes=0 "
      "max-size-time=50000000 ! " +
      settings_.locator +
      " ! fakesink name=answers sync=false async=false enable-last-sample=false";
  GError* raw_error = nullptr;
  pipeline_ = Ref<GstElement>::sink(gst_parse_launch(text.c_str(), &raw_error));
  const OwnedError error(raw_error);
  if (error) {
    return "the locator '" + settings_.locator + "' cannot be built (" + error->message +
           "): give gst-launch text, and set GST_PLUGIN_PATH to where its plugin is";
  }
  AddProbe("depay", "src", OnReceived);
  AddProbe("answers", "sink", OnLocated);
  bus_ = std::make_unique<BusWatch>(
      pipeline_.get(),
      BusWatch::Events{[this](const std::string& element, const std::string& reason) {
                         std::cerr << "locator-app: " << element << ": " << reason << std::endl;
                         Quit(ExitCode::kFailure);
                       },
                       [this] { Quit(ExitCode::kSuccess); }});
  return {};
}

void LocatorApp::AddProbe(const char* element, const char* pad, GstPadProbeCallback callback) {
  const auto owner = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), element));
  const auto static_pad = Ref<GstPad>::adopt(gst_element_get_static_pad(owner.get(), pad));
  gst_pad_add_probe(static_pad.get(), GST_PAD_PROBE_TYPE_BUFFER, callback, this, nullptr);
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
