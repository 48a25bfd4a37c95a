// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/webrtc_peer.h"

#include <algorithm>
#include <utility>

#include "apps/link/dtls_identity.h"
#include "apps/link/dtls_transports.h"
#include "apps/link/ice_agent.h"
#include "apps/link/peer_elements.h"
#include "apps/link/remote_candidate.h"
#include "apps/link/three_prime_rsa.h"

namespace ball {
namespace {

using std::chrono::steady_clock;

// Gathering on local addresses takes some ms; in 1.22 its completion may never be told.
constexpr std::chrono::milliseconds kGatheringLimit{3000};
// STUN and TURN servers are asked again after 0.5, 1.5 and 3.5 s. What has answered by then is
// offered; both ends' gathering must fit into a session's time to connect.
constexpr std::chrono::milliseconds kServersLimit{5000};
// The last candidates may reach the description a moment after they are all there.
constexpr std::chrono::milliseconds kEmptyLimit{250};
// Nobody needs more, and a hostile peer must not open them without end.
constexpr size_t kMaxPeerChannels = 8;

// One for the whole process: sessions need not be told apart by it.
const std::string& OwnIdentity() {
  static const std::string pem = MakeDtlsIdentity();
  return pem;
}

Owned<GstWebRTCSessionDescription> MakeDescription(GstWebRTCSDPType type, const std::string& text) {
  GstSDPMessage* sdp = nullptr;
  gst_sdp_message_new_from_text(text.c_str(), &sdp);
  return Owned<GstWebRTCSessionDescription>(gst_webrtc_session_description_new(type, sdp));
}

}  // namespace

WebRtcPeer::WebRtcPeer(Ref<GstElement> webrtcbin, const Settings& settings, Events events)
    : webrtcbin_(std::move(webrtcbin)),
      ice_(settings.ice),
      protection_(settings.protection),
      events_(std::move(events)),
      message_rate_(settings.max_message_rate),
      association_(NextSctpAssociation()),
      try_loopback_(settings.try_loopback),
      candidates_(webrtcbin_),
      data_transport_(webrtcbin_, [this] { mailbox_.Post([this] { OpenWaiting(); }); }),
      last_heard_(steady_clock::now()),
      guard_(settings.takes_media, [this](const std::string& why) {
        mailbox_.Post([this, why] { events_.on_excess(why); });
      }) {
  g_object_set(webrtcbin_.get(), "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency",
               static_cast<guint>(settings.jitter_latency.count()), nullptr);
  ConfigureIce(webrtcbin_.get(), ice_);
  const auto connect = [this](const char* signal, GCallback callback) {
    handlers_.emplace_back(webrtcbin_.get(), signal, callback, this);
  };
  connect("notify::ice-gathering-state", G_CALLBACK(OnState<&WebRtcPeer::CheckGathering>));
  connect("notify::ice-connection-state", G_CALLBACK(OnState<&WebRtcPeer::CheckPath>));
  connect("notify::connection-state", G_CALLBACK(OnState<&WebRtcPeer::CheckConnection>));
  connect("on-new-transceiver", G_CALLBACK(OnTransceiver));
  connect("on-data-channel", G_CALLBACK(OnDataChannel));
  connect("deep-element-added", G_CALLBACK(OnDeepElementAdded));
}

WebRtcPeer::~WebRtcPeer() = default;

template <void (WebRtcPeer::*Check)()>
void WebRtcPeer::OnState(GstElement*, GParamSpec*, gpointer data) {
  auto* self = static_cast<WebRtcPeer*>(data);
  self->mailbox_.Post([self] { (self->*Check)(); });
}

void WebRtcPeer::Leave() {
  guard_.Close();
  RefusePackets(webrtcbin_.get());
  LeaveIce(webrtcbin_.get());
  if (!ice_.turn_servers.empty()) ReleaseRelays(webrtcbin_.get());
}

void WebRtcPeer::PrepareCertificate() {
  // Whatever certificate it gets later, GStreamer makes one of its own with the first dtlsdec.
  const ThreePrimeRsa quick;
  GstElement* dtls = gst_element_factory_make("dtlsdec", nullptr);
  if (dtls != nullptr) gst_object_unref(gst_object_ref_sink(dtls));
}

void WebRtcPeer::StayOn(const std::string& address) {
  if (address.empty()) return;
  ice_.address = address;
  AddLocalAddress(webrtcbin_.get(), address);
}

void WebRtcPeer::OpenChannel(const std::string& label) {
  if (data_transport_.IsComingUp()) return waiting_channels_.push_back(label);
  const auto channel = data_transport_.MakeChannel(label);
  if (!channel) return Fail("webrtcbin opens no data channel");
  channels_.emplace_back(channel, message_rate_, mailbox_,
                         static_cast<DataChannel::Observer&>(*this));
}

void WebRtcPeer::OpenWaiting() {
  for (const std::string& label : std::exchange(waiting_channels_, {})) OpenChannel(label);
}

void WebRtcPeer::CreateOffer() { CreateDescription("create-offer"); }

void WebRtcPeer::CreateDescription(const char* action) {
  if (ice_.address.empty()) AddBridgeAddresses(webrtcbin_.get());
  GstPromise* promise = promises_.Make(OnDescriptionCreated, this);
  g_signal_emit_by_name(webrtcbin_.get(), action, nullptr, promise);
}

// On webrtcbin's thread, with the reply to create-offer or create-answer.
void WebRtcPeer::OnDescriptionCreated(GstPromise* promise, gpointer data) {
  auto* self = static_cast<WebRtcPeer*>(data);
  const GstStructure* reply = gst_promise_get_reply(promise);
  GstWebRTCSessionDescription* raw = nullptr;
  if (reply != nullptr &&
      !gst_structure_get(reply, "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr)) {
    gst_structure_get(reply, "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr);
  }
  const Owned<GstWebRTCSessionDescription> description(raw);
  if (description) {
    GstPromise* set = self->promises_.Make(OnDescriptionSet, self);
    g_signal_emit_by_name(self->webrtcbin_.get(), "set-local-description", description.get(), set);
  } else {
    self->mailbox_.Post([self] { self->Fail("webrtcbin makes no description"); });
  }
}

std::string WebRtcPeer::AcceptOffer(const std::string& sdp) {
  return AcceptDescription(GST_WEBRTC_SDP_TYPE_OFFER, sdp);
}

std::string WebRtcPeer::AcceptAnswer(const std::string& sdp) {
  return AcceptDescription(GST_WEBRTC_SDP_TYPE_ANSWER, sdp);
}

std::string WebRtcPeer::AcceptDescription(GstWebRTCSDPType type, const std::string& sdp) {
  const auto parsed = ParsePeerDescription(sdp, try_loopback_);
  if (!parsed.description) return parsed.error;
  if (!parsed.description->left_out.empty()) NoteLeftOut(parsed.description->left_out);
  {
    const std::lock_guard guard(lock_);
    expected_ = parsed.description->fingerprint;
  }
  const auto description = MakeDescription(type, parsed.description->sdp);
  GstPromise* promise = promises_.Make(OnDescriptionSet, this);
  g_signal_emit_by_name(webrtcbin_.get(), "set-remote-description", description.get(), promise);
  candidates_.OnDescription();
  if (type == GST_WEBRTC_SDP_TYPE_OFFER) CreateDescription("create-answer");
  return {};
}

// On webrtcbin's thread, after set-local-description or set-remote-description: the answerer's
// transports are there after the former, the offerer's after both.
void WebRtcPeer::OnDescriptionSet(GstPromise* promise, gpointer data) {
  auto* self = static_cast<WebRtcPeer*>(data);
  const GstStructure* reply = gst_promise_get_reply(promise);
  GError* raw_error = nullptr;
  if (reply != nullptr && gst_structure_has_field(reply, "error")) {
    gst_structure_get(reply, "error", G_TYPE_ERROR, &raw_error, nullptr);
  }
  const OwnedError error(raw_error);
  if (error) {
    const std::string reason = std::string("webrtcbin refuses the description: ") + error->message;
    self->mailbox_.Post([self, reason] { self->Fail(reason); });
  } else {
    self->RememberTransports();
    self->mailbox_.Post([self] { self->OnDescribed(); });
  }
}

// A loaded machine takes seconds to make its first description, in which nothing is gathered.
void WebRtcPeer::OnDescribed() {
  const bool servers = ice_.stun_server || !ice_.turn_servers.empty();
  const auto limit = servers ? kServersLimit : kGatheringLimit;
  if (!described_ && !gathering_timer_.running() && LocalDescription()) {
    gathering_timer_.Once(limit, [this] { OnGatheringLimit(); });
  }
  CheckGathering();
}

void WebRtcPeer::AddCandidate(const Candidate& candidate) {
  if (candidate.candidate.empty()) return;  // There are no more.
  if (!candidates_.Count()) return Fail("it sends more candidates than any peer needs");
  const std::string why = WhyNotTried(candidate.candidate, try_loopback_);
  if (!why.empty()) return NoteLeftOut(why);
  candidates_.Add(candidate);
}

void WebRtcPeer::NoteLeftOut(const std::string& why) {
  if (!left_out_.empty()) return;
  left_out_ = "a candidate of the peer is not tried: " + why;
  if (events_.on_note) events_.on_note(left_out_);
}

// Whether an ICE transport that is known waits for addresses.
bool WebRtcPeer::IsGathering() const {
  const std::lock_guard guard(lock_);
  return std::any_of(transports_.begin(), transports_.end(), [](const auto& transport) {
    GstWebRTCICETransport* raw = nullptr;
    g_object_get(transport.get(), "transport", &raw, nullptr);
    const auto ice = Ref<GstWebRTCICETransport>::adopt(raw);
    GstWebRTCICEGatheringState state = GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE;
    if (ice) g_object_get(ice.get(), "gathering-state", &state, nullptr);
    return state == GST_WEBRTC_ICE_GATHERING_STATE_GATHERING;
  });
}

// An answerer may be told that gathering is complete before it has begun, or is described.
void WebRtcPeer::CheckGathering() {
  GstWebRTCICEGatheringState state = GST_WEBRTC_ICE_GATHERING_STATE_NEW;
  g_object_get(webrtcbin_.get(), "ice-gathering-state", &state, nullptr);
  if (state != GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE || described_ || IsGathering()) return;
  const auto description = LocalDescription();
  if (!description) return;
  const OwnedString sdp(gst_sdp_message_as_text(description->sdp));
  if (HasCandidate(sdp.get())) return DeliverLocalDescription(*description);
  gathering_timer_.Once(kEmptyLimit, [this] { OnGatheringLimit(); });
}

void WebRtcPeer::OnGatheringLimit() {
  if (const auto description = LocalDescription()) DeliverLocalDescription(*description);
}

Owned<GstWebRTCSessionDescription> WebRtcPeer::LocalDescription() const {
  GstWebRTCSessionDescription* description = nullptr;
  g_object_get(webrtcbin_.get(), "local-description", &description, nullptr);
  return Owned<GstWebRTCSessionDescription>(description);
}

void WebRtcPeer::DeliverLocalDescription(const GstWebRTCSessionDescription& description) {
  gathering_timer_.Stop();
  if (std::exchange(described_, true)) return;
  const OwnedString sdp(gst_sdp_message_as_text(description.sdp));
  if (!HasCandidate(sdp.get())) return Fail(WhyNoCandidate(ice_));
  EnlargeReceiveBuffers(webrtcbin_.get());
  // GStreamer up to 1.28 at least takes the private key in a given PEM for part of the certificate,
  // and states a digest of both.
  const auto fingerprint = FingerprintOf(OwnIdentity(), "sha-256");
  events_.on_local_description(fingerprint ? WithFingerprint(sdp.get(), *fingerprint) : sdp.get());
}

GstWebRTCICEConnectionState WebRtcPeer::IceState() const {
  GstWebRTCICEConnectionState state = GST_WEBRTC_ICE_CONNECTION_STATE_NEW;
  g_object_get(webrtcbin_.get(), "ice-connection-state", &state, nullptr);
  return state;
}

void WebRtcPeer::CheckPath() {
  const auto state = IceState();
  if (state == GST_WEBRTC_ICE_CONNECTION_STATE_FAILED) {
    return Fail("no network path to the peer (ICE failed)");
  }
  const bool found = state == GST_WEBRTC_ICE_CONNECTION_STATE_CONNECTED ||
                     state == GST_WEBRTC_ICE_CONNECTION_STATE_COMPLETED;
  if (!found || std::exchange(path_found_, true) || connected_) return;
  if (events_.on_path) events_.on_path();
}

void WebRtcPeer::CheckConnection() {
  GstWebRTCPeerConnectionState state = GST_WEBRTC_PEER_CONNECTION_STATE_NEW;
  g_object_get(webrtcbin_.get(), "connection-state", &state, nullptr);
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED) {
    return Fail(path_found_ ? "the DTLS handshake with the peer failed"
                            : "no network path to the peer (ICE or DTLS failed)");
  }
  if (state != GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED || connected_) return;
  if (!IsVerified()) return Fail("the peer's certificate is not the one its description names");
  connected_ = true;
  events_.on_connected();
}

void WebRtcPeer::RememberTransports() {
  data_transport_.Watch();
  auto transports = DtlsTransportsOf(webrtcbin_.get());
  const std::lock_guard guard(lock_);
  transports_ = std::move(transports);
}

bool WebRtcPeer::IsVerified() {
  if (verified_) return true;
  const std::lock_guard guard(lock_);
  verified_ = CompareCertificates() == Identity::kRight;
  return verified_;
}

// Called with lock_ held.
WebRtcPeer::Identity WebRtcPeer::CompareCertificates() const {
  if (!expected_ || transports_.empty()) return Identity::kUnknown;
  for (const auto& transport : transports_) {
    const std::string pem = RemoteCertificate(transport.get());
    if (pem.empty()) return Identity::kUnknown;
    if (FingerprintOf(pem, expected_->hash) != expected_) return Identity::kWrong;
  }
  return Identity::kRight;
}

// On webrtcbin's thread. Messages may follow at once, so the channel is listened to here and now;
// the list that sends is the main thread's.
void WebRtcPeer::OnDataChannel(GstElement*, GstWebRTCDataChannel* channel, gpointer data) {
  auto* self = static_cast<WebRtcPeer*>(data);
  {
    const std::lock_guard guard(self->lock_);
    if (self->opened_by_peer_ >= kMaxPeerChannels) return;
    ++self->opened_by_peer_;
    self->arrived_channels_.emplace_back(Ref<GstWebRTCDataChannel>::retain(channel),
                                         self->message_rate_, self->mailbox_,
                                         static_cast<DataChannel::Observer&>(*self));
  }
  self->mailbox_.Post([self] { self->WelcomeChannels(); });
}

void WebRtcPeer::WelcomeChannels() {
  std::list<DataChannel> arrived;
  {
    const std::lock_guard guard(lock_);
    arrived.swap(arrived_channels_);
  }
  std::vector<std::string> labels;
  for (const DataChannel& channel : arrived) labels.push_back(channel.label());
  channels_.splice(channels_.end(), arrived);
  for (const std::string& label : labels) events_.on_remote_channel(label);
}

void WebRtcPeer::OnChannelOpen(DataChannel& channel) { events_.on_channel_open(channel.label()); }

void WebRtcPeer::OnChannelMessage(const std::string& text, steady_clock::time_point arrived) {
  if (IsVerified()) events_.on_message(text, arrived);
}

void WebRtcPeer::OnChannelFlood() {
  if (IsVerified() && events_.on_flood) events_.on_flood();
}

bool WebRtcPeer::Send(const std::string& label, const std::string& text) {
  for (DataChannel& channel : channels_) {
    if (channel.label() == label && channel.Send(text)) return true;
  }
  return false;
}

// Those that a description makes. On webrtcbin's thread.
void WebRtcPeer::OnTransceiver(GstElement*, GstWebRTCRTPTransceiver* transceiver, gpointer data) {
  Protect(transceiver, static_cast<WebRtcPeer*>(data)->protection_);
}

void WebRtcPeer::OnDeepElementAdded(GstBin*, GstBin*, GstElement* element, gpointer self) {
  auto* peer = static_cast<WebRtcPeer*>(self);
  SetUpPeerElement(element, OwnIdentity(), peer->association_);
  peer->guard_.Watch(element);
  if (peer->events_.on_receiver_report && IsA(element, "rtpsession")) {
    ReceiverReports::Events events;
    events.on_report = [peer](const ReceiverReport& report) {
      if (report.round_trip) peer->repetitions_.SetRoundTrip(*report.round_trip);
      peer->mailbox_.Post([peer, report] { peer->events_.on_receiver_report(report); });
    };
    events.on_request = [peer] { peer->mailbox_.Post([peer] { peer->events_.on_request(); }); };
    const std::lock_guard guard(peer->lock_);
    peer->reports_.emplace_back(element, std::move(events));
  }
  if (IsA(element, "rtprtxsend")) peer->repetitions_.Watch(element);
  if (!IsA(element, "nicesrc")) return;
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "src"));
  gst_pad_add_probe(pad.get(), kPacketProbe, OnPacket, self, nullptr);
}

GstPadProbeReturn WebRtcPeer::OnPacket(GstPad*, GstPadProbeInfo*, gpointer self) {
  static_cast<WebRtcPeer*>(self)->last_heard_.store(steady_clock::now(), std::memory_order_relaxed);
  return GST_PAD_PROBE_OK;
}

steady_clock::time_point WebRtcPeer::LastHeard() const {
  return last_heard_.load(std::memory_order_relaxed);
}

void WebRtcPeer::Silence() {
  mailbox_.Close();
  gathering_timer_.Stop();
}

void WebRtcPeer::Fail(const std::string& reason) {
  if (std::exchange(failed_, true)) return;
  const auto on_failed = events_.on_failed;
  on_failed(connected_ || left_out_.empty() ? reason : reason + "; " + left_out_);
}

}  // namespace ball
