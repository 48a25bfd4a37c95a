// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "apps/compare/truth_ledger.h"
#include "apps/link/bus_watch.h"
#include "apps/link/codec.h"
#include "apps/link/main_loop.h"
#include "apps/link/path_round_trip.h"
#include "apps/link/queue_bypass.h"
#include "apps/link/teardown.h"
#include "apps/link/webrtc_peer.h"
#include "apps/server-app/frame_fanout.h"
#include "apps/server-app/source_pipeline.h"
#include "apps/server-app/start_gate.h"

namespace ball {

// The media side of one session: encoded frames to one peer, in a pipeline of its own, so that a
// peer that leaves (webrtcbin makes an ERROR of that) stops nobody else.
//
//   FrameFanout -> appsrc ! payloader ! (RTP timestamp noted in the ledger) ! webrtcbin
//
// Frames of a lone session go past appsrc's thread, on that of the source.
//
// Main thread only, except for the FrameOutlet calls.
class SessionMedia : public PipelineOwner, private FrameOutlet {
 public:
  struct Settings {
    Codec codec = Codec::kVp8;
    WebRtcPeer::Settings peer;
    LedgerSettings ledger;
    // The RTP timestamp of the moment at which the server started; chosen at random where it is
    // empty.
    std::optional<uint32_t> rtp_origin;
  };

  struct Events {
    // webrtcbin knows what it will send: an offer can be made.
    std::function<void()> on_ready;
    // The way there and back took so long before any frame was sent. Once or twice. Optional.
    std::function<void(std::chrono::nanoseconds)> on_round_trip;
    // Where the ball is in a frame that has just gone out, once TellTruth() was called.
    std::function<void(RtpTimestamp, const Ball&)> on_truth;
    WebRtcPeer::Events peer;
  };

  // The source must have told its caps.
  SessionMedia(const Settings& settings, SourcePipeline& source, Events events);
  ~SessionMedia() override = default;

  // Builds and starts the pipeline: an empty text, or what failed.
  std::string Start();
  // From now on frames go to the peer, a key frame first.
  void StartFrames();
  void StopFrames();
  // The peer has shown that frames come there: until then it gets a few only (start_gate.h).
  void OpenGate();
  // Sends nothing for so long, then goes on with a key frame: what waits on the network shall go.
  void Pause(std::chrono::milliseconds time);
  // Asks for another key frame: a peer that lost its first packets may not ask by itself.
  void RepeatKeyFrame() { source_.fanout().RequestKeyFrame(); }
  // Makes on_truth speak, of frames with a ball.
  void TellTruth() { tells_truth_ = true; }
  // Ends all events and frames; then the object can be buried.
  void Silence();

  GstElement* pipeline() const override { return pipeline_.get(); }
  void Leave() override;
  WebRtcPeer& peer() { return *peer_; }
  TruthLedger& ledger() { return ledger_; }
  // Frames that were not sent, because the session's own queue or the network was full.
  size_t dropped() const { return dropped_; }
  // Frames that the source left out between those that it drew for this session.
  size_t skipped() const { return skipped_; }

 private:
  struct UnderWay {
    GstClockTime timestamp;
    DrawnFrame frame;
    size_t bytes;
  };

  static GstPadProbeReturn OnPayloadCaps(GstPad* pad, GstPadProbeInfo* info, gpointer self);
  static GstPadProbeReturn OnPackets(GstPad* pad, GstPadProbeInfo* info, gpointer self);
  static GstPadProbeReturn OnUpstreamEvent(GstPad* pad, GstPadProbeInfo* info, gpointer self);
  static void OnCaps(GstPad* pad, GParamSpec*, gpointer data);

  void OnDrawn(const DrawnFrame& frame) override;
  void OnEncoded(GstBuffer* buffer, bool key, const DrawnFrame& frame) override;

  void LeaveOut();
  void Hand(GstBuffer* buffer);
  std::string Build();
  WebRtcPeer::Events PeerEvents();
  void ShareClock();
  void LinkPeer(GstElement* payloader, GstElement* webrtcbin);
  void NotePacket(GstBuffer* packet);

  const Settings settings_;
  SourcePipeline& source_;
  Events events_;
  Mailbox mailbox_;
  Ref<GstElement> pipeline_;
  Ref<GstElement> appsrc_;
  Ref<GstPad> peer_pad_;
  std::unique_ptr<BusWatch> bus_;
  std::unique_ptr<WebRtcPeer> peer_;
  std::unique_ptr<PathRoundTrip> path_;
  SignalHandler caps_handler_;
  TruthLedger ledger_;
  bool feeding_ = false;

  // The source's streaming thread, under the fan-out's lock.
  StartGate gate_;
  std::atomic<bool> key_needed_ = true;
  bool begun_ = false;
  std::atomic<size_t> dropped_ = 0;
  bool drawn_ = false;  // a frame, for this session
  std::atomic<size_t> skipped_ = 0;
  std::optional<QueueBypass> bypass_;
  // Frames between fan-out and payloader, by their timestamp: two streaming threads may meet here.
  std::mutex under_way_lock_;
  std::deque<UnderWay> under_way_;
  // Of the video.
  std::atomic<uint32_t> ssrc_ = 0;
  std::atomic<bool> tells_truth_ = false;
  std::atomic<std::chrono::steady_clock::time_point> paused_until_{};
};

}  // namespace ball
