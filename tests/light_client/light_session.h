// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "apps/link/main_loop.h"
#include "apps/link/signalling_connection.h"
#include "tests/light_client/behaviour.h"
#include "tests/light_client/dtls_client.h"
#include "tests/light_client/frame_watch.h"
#include "tests/light_client/ice_responder.h"
#include "tests/light_client/offer.h"
#include "tests/light_client/poller.h"
#include "tests/light_client/sctp_channel.h"
#include "tests/light_client/udp_port.h"

namespace ball {

// One connection to a server, which says "there it is" to each frame as its last packet arrives:
//
//   connecting -> offer awaited -> answered -> ICE, DTLS, SCTP -> streaming -> leaving -> ended
//
// The frames are neither decrypted nor depayloaded nor decoded. Main thread only.
class LightSession {
 public:
  struct Settings {
    std::string host = "127.0.0.1";
    int port = 8080;
    Behaviour behaviour = Behaviour::kAnswers;
    // From the start to the first answer, and without any frame; for those that behave well.
    std::chrono::milliseconds connect_limit{15000};
    std::chrono::milliseconds silence_limit{5000};
    // How long the server's bye is awaited after ours.
    std::chrono::milliseconds leave_limit{3000};
  };

  struct Events {
    // The first frame was answered.
    std::function<void()> on_streaming;
    // A frame was answered.
    std::function<void()> on_answered;
    // It is over: in good order where `error` is empty. The session must not be destroyed in this
    // call.
    std::function<void(const std::string& error)> on_ended;
  };

  LightSession(const Settings& settings, const DtlsIdentity& identity, Poller& poller,
               Events events);
  ~LightSession();
  LightSession(const LightSession&) = delete;
  LightSession& operator=(const LightSession&) = delete;

  void Start();
  // Says bye and ends when the server has said it, too. Who does not behave well just goes.
  void Leave();
  // From now on the pace is counted.
  void StartCounting() { pace_ = Pace(); }

  // Messages sent beside the answers.
  size_t flooded() const { return flooded_; }
  bool streaming() const { return streaming_; }
  bool ended() const { return ended_; }
  const Pace& pace() const { return pace_; }
  // From the start to the first answer.
  std::chrono::steady_clock::duration joined() const { return joined_; }
  size_t incomplete() const { return watch_.incomplete(); }

 private:
  static void OnConnect(GObject* client, GAsyncResult* result, gpointer data);

  void OnConnected(Ref<GSocketConnection> connection);
  std::string OpenPort(GSocketConnection* connection);
  void OnSignalling(const SignallingMessage& message);
  void OnSignallingClosed(const std::string& reason);
  void OnOffer(const std::string& sdp);
  void MakeTransport(const LightOffer& offer);
  void OnDatagram(Bytes datagram, const UdpAddress& from);
  void OnCheck(Bytes datagram, const UdpAddress& from);
  void OnPacket(Bytes packet);
  void SendSlowly(const SignallingMessage& message);
  void BeginFlood();
  void Flood();
  void Misbehave();
  void SendGarble();
  void AnswerFrame(RtpTimestamp frame, std::chrono::steady_clock::time_point now);
  void Watch();
  void End(const std::string& error);

  const Settings settings_;
  const DtlsIdentity& identity_;
  Poller& poller_;
  const Events events_;
  Ref<GCancellable> connecting_;
  Ref<GSocketConnection> socket_;
  std::unique_ptr<SignallingConnection> connection_;
  std::string address_;
  std::unique_ptr<UdpPort> port_;
  UdpAddress server_;
  IceResponder ice_;
  std::unique_ptr<DtlsClient> dtls_;
  std::unique_ptr<SctpChannel> channel_;
  FrameWatch watch_;
  Pace pace_;
  // Of the frame whose packets are coming.
  std::optional<std::chrono::steady_clock::time_point> first_packet_;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point last_frame_;
  std::chrono::steady_clock::duration joined_{0};
  bool streaming_ = false;
  bool leaving_ = false;
  bool ended_ = false;
  std::string last_answer_;
  RtpTimestamp last_timestamp_;
  size_t garbled_ = 0;
  // What is left of an answer that goes a byte at a time.
  std::string slow_bytes_;
  size_t flooded_ = 0;
  std::chrono::steady_clock::time_point flood_started_;
  Timer limit_;
  Timer misbehaviour_timer_;
  Timer watch_timer_;
};

}  // namespace ball
