// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "apps/link/data_channel.h"
#include "apps/link/data_transport.h"
#include "apps/link/glib_ptr.h"
#include "apps/link/ice_options.h"
#include "apps/link/loss_protection.h"
#include "apps/link/main_loop.h"
#include "apps/link/peer_guard.h"
#include "apps/link/promises.h"
#include "apps/link/receiver_reports.h"
#include "apps/link/repetitions.h"
#include "apps/link/session_description.h"
#include "apps/link/trickled_candidates.h"
#include "apps/wire/signalling_message.h"

namespace ball {

// One webrtcbin: its negotiation, its data channels and its peer's identity. The pads are the
// owner's.
//
//   offerer                               answerer
//   OpenChannel, CreateOffer
//   on_local_description  --- offer --->  AcceptOffer
//   AcceptAnswer          <-- answer ---  on_local_description
//   ...                 ICE, DTLS, SCTP   ...
//   certificate checked                   certificate checked
//   on_connected                          on_connected
//
// The peer's certificate is compared with the fingerprint of its description before any media or
// data is used: webrtcbin 1.22 does not do it. Media probes ask IsVerified; messages of an
// unverified peer are dropped here.
//
// Life: destroyed only after its pipeline is in state NULL (see teardown.h), since streaming
// threads use it. Silence() ends its events first. Main thread only, except where said otherwise.
class WebRtcPeer final : private DataChannel::Observer {
 public:
  struct Settings {
    IceOptions ice;
    // The jitter buffer's size: how long a frame is waited for.
    std::chrono::milliseconds jitter_latency{300};
    // Of the video: what an offerer offers, and what an answerer takes of an offer.
    LossProtection protection{true, 100};
    // Messages a second that the peer may send over its data channels; 0: no limit.
    size_t max_message_rate = 0;
    // Whether the peer may send media. Its RTCP always comes.
    bool takes_media = true;
    // Whether candidates with loopback addresses are tried: those of a peer of this machine.
    bool try_loopback = true;
  };

  // Called on the main thread.
  struct Events {
    // The offer or answer is complete with candidates: there is at least one.
    std::function<void(const std::string& sdp)> on_local_description;
    // ICE has found a network path; DTLS follows. Optional.
    std::function<void()> on_path;
    // The transport is up and the peer's certificate is the one its description names.
    std::function<void()> on_connected;
    // The other side opened a channel.
    std::function<void(const std::string& label)> on_remote_channel;
    // A channel of either side can be written to.
    std::function<void(const std::string& label)> on_channel_open;
    std::function<void(const std::string& text, std::chrono::steady_clock::time_point arrived)>
        on_message;
    // The peer sent more messages than it may: none that follows comes here. Optional.
    std::function<void()> on_flood;
    // It does what it may not (see peer_guard.h), as one sentence says. Once.
    std::function<void(const std::string& why)> on_excess;
    // A line for the log, the first time that a candidate of the peer is not tried. Optional.
    std::function<void(const std::string&)> on_note;
    // The peer says how it receives what we send. Both or neither may be empty.
    std::function<void(const ReceiverReport&)> on_receiver_report;
    // It asks for packets or a key frame.
    std::function<void()> on_request;
    // The session cannot start or go on, and why. Called once.
    std::function<void(const std::string& reason)> on_failed;
  };

  WebRtcPeer(Ref<GstElement> webrtcbin, const Settings& settings, Events events);
  ~WebRtcPeer();
  WebRtcPeer(const WebRtcPeer&) = delete;
  WebRtcPeer& operator=(const WebRtcPeer&) = delete;

  // The first DTLS user in a process waits 50 to 200 ms for GStreamer's RSA key, though ours is
  // used. Call early, once, from any thread.
  static void PrepareCertificate();

  // Offers this address of this machine only; nothing changes where it is empty. Before CreateOffer
  // or AcceptOffer.
  void StayOn(const std::string& address);
  // Waits for the transport where that is coming up.
  void OpenChannel(const std::string& label);
  void CreateOffer();
  // An empty text, or what is wrong with the description in a few words.
  std::string AcceptOffer(const std::string& sdp);
  std::string AcceptAnswer(const std::string& sdp);
  // One that comes before its description waits for that. A candidate that WhyNotTried
  // (remote_candidate.h) objects to is left out, here and in a description; more than any peer
  // needs (256) end the session.
  void AddCandidate(const Candidate& candidate);

  // Sends on the first open channel of that label; false where there is none.
  bool Send(const std::string& label, const std::string& text);

  // What the network takes, bit/s: repetitions keep to a part of it. Any thread.
  void SetRate(int rate) { repetitions_.SetRate(rate); }

  // No event after this.
  void Silence();
  // The last thing before the pipeline is set to NULL, after Silence: gives back what TURN servers
  // hold for this peer, and takes no more of its data and media. May wait for a second. Any thread.
  void Leave();

  // Whether the peer's certificate is known to be the right one. Any thread.
  bool IsVerified();
  // When the last packet came from the peer; the time of construction before that. Any thread.
  std::chrono::steady_clock::time_point LastHeard() const;

 private:
  enum class Identity { kUnknown, kRight, kWrong };

  static void OnDescriptionCreated(GstPromise* promise, gpointer data);
  static void OnDescriptionSet(GstPromise* promise, gpointer data);
  // A property has changed: the main thread checks it.
  template <void (WebRtcPeer::*Check)()>
  static void OnState(GstElement* webrtcbin, GParamSpec*, gpointer data);
  static void OnDataChannel(GstElement* webrtcbin, GstWebRTCDataChannel* channel, gpointer data);
  static void OnTransceiver(GstElement* webrtcbin, GstWebRTCRTPTransceiver* transceiver,
                            gpointer data);
  static void OnDeepElementAdded(GstBin* bin, GstBin* sub_bin, GstElement* element, gpointer self);
  static GstPadProbeReturn OnPacket(GstPad* pad, GstPadProbeInfo* info, gpointer self);

  void OnChannelOpen(DataChannel& channel) override;
  void OnChannelMessage(const std::string& text,
                        std::chrono::steady_clock::time_point arrived) override;
  void OnChannelFlood() override;

  std::string AcceptDescription(GstWebRTCSDPType type, const std::string& sdp);
  void CreateDescription(const char* action);
  void OnDescribed();
  void CheckGathering();
  void OnGatheringLimit();
  bool IsGathering() const;
  Owned<GstWebRTCSessionDescription> LocalDescription() const;
  void DeliverLocalDescription(const GstWebRTCSessionDescription& description);
  void RememberTransports();
  // Whether ICE has a network path, or has failed.
  GstWebRTCICEConnectionState IceState() const;
  void CheckPath();
  void CheckConnection();
  void OpenWaiting();
  void WelcomeChannels();
  Identity CompareCertificates() const;
  void NoteLeftOut(const std::string& why);
  void Fail(const std::string& reason);

  Ref<GstElement> webrtcbin_;
  IceOptions ice_;
  const LossProtection protection_;
  Events events_;
  Mailbox mailbox_;
  MessageRate message_rate_;
  Timer gathering_timer_;
  std::list<DataChannel> channels_;
  // Labels of those that are to be opened once the transport is up.
  std::vector<std::string> waiting_channels_;
  bool described_ = false;
  bool path_found_ = false;
  bool connected_ = false;
  bool failed_ = false;
  // The name of its SCTP association in this process.
  const guint association_;
  const bool try_loopback_;
  TrickledCandidates candidates_;
  // Of the first candidate that was not tried.
  std::string left_out_;
  DataTransport data_transport_;

  std::atomic<std::chrono::steady_clock::time_point> last_heard_;
  std::atomic<bool> verified_ = false;
  // What a verification compares; under lock_.
  mutable std::mutex lock_;
  std::optional<Fingerprint> expected_;
  std::vector<Ref<GstWebRTCDTLSTransport>> transports_;
  // Channels that the peer opened and the main thread has not seen yet; under lock_.
  std::list<DataChannel> arrived_channels_;
  size_t opened_by_peer_ = 0;

  Promises promises_;
  Repetitions repetitions_;
  PeerGuard guard_;
  // One for each session of the bin; on the threads that add elements.
  std::list<ReceiverReports> reports_;
  // Last, so that they are disconnected first.
  std::vector<SignalHandler> handlers_;
};

}  // namespace ball
