// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "apps/client-app/frame_handoff.h"
#include "apps/client-app/frame_journal.h"
#include "apps/link/bus_watch.h"
#include "apps/link/main_loop.h"
#include "apps/link/teardown.h"
#include "apps/link/webrtc_peer.h"

namespace ball {

// The media side of the client: one peer's video, decoded, with the identity of each frame on it.
//
//   webrtcbin ! (RTP timestamp becomes a meta) ! depayloader ! decoder ! (decoded: noted) ! tee
//     tee ! leaky queue ! shmpay ! shmsink                                the newest frame, at once
//     tee ! queue ! videoconvert ! balloverlay ! video sink               in time, with what was
//     located, and the truth where the server tells it
//
// The display branch is there only where a sink is named. Main thread only, except for the pad
// callbacks.
class Receiver : public PipelineOwner {
 public:
  struct Settings {
    WebRtcPeer::Settings peer;
    // Where shmsink listens.
    std::string socket_path;
    // gst-launch text of a video sink; no display branch where empty.
    std::string display;
    // How many times as long the display shows the error from the truth, which the journal has to
    // be told. Nothing: it shows no more than what was located.
    std::optional<double> error_scale;
  };

  struct Events {
    WebRtcPeer::Events peer;
    // The first frame was decoded: "VP8 640x480".
    std::function<void(const std::string& description)> on_video;
    // The window was closed or its display went away; the rest goes on.
    std::function<void(const std::string& reason)> on_failed;
    FrameHandoff::Events handoff;
  };

  Receiver(const Settings& settings, Events events);
  ~Receiver() override = default;

  // Builds and starts the pipeline: an empty text, or what failed and what to do.
  std::string Start();
  // Ends all events; then the object can be buried.
  void Silence();

  GstElement* pipeline() const override { return pipeline_.get(); }
  void Leave() override;
  WebRtcPeer& peer() { return *peer_; }
  FrameJournal& journal() { return journal_; }
  // When a frame was handed to the locator for the last time. Any thread.
  std::chrono::steady_clock::time_point LastHandedOver() const {
    return handoff_->LastHandedOver();
  }

 private:
  static void OnPadAdded(GstElement* webrtcbin, GstPad* pad, gpointer self);
  static GstPadProbeReturn OnPacket(GstPad* pad, GstPadProbeInfo* info, gpointer data);
  static GstPadProbeReturn OnDecoded(GstPad* pad, GstPadProbeInfo* info, gpointer data);
  static GstPadProbeReturn OnDisplay(GstPad* pad, GstPadProbeInfo* info, gpointer data);

  std::string Build();
  void AddProbe(const char* element, const char* pad, int type, GstPadProbeCallback callback);
  void AddDecoder(GstPad* pad);
  void DescribeVideo(GstPad* pad);

  const Settings settings_;
  Events events_;
  Mailbox mailbox_;
  Ref<GstElement> pipeline_;
  std::unique_ptr<BusWatch> bus_;
  std::unique_ptr<WebRtcPeer> peer_;
  std::unique_ptr<FrameHandoff> handoff_;
  SignalHandler pad_added_;
  FrameJournal journal_;
  std::string codec_;
  std::atomic<bool> decoding_ = false;
  std::atomic<bool> described_ = false;
};

}  // namespace ball
