// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/bare_end.h"

#include <gst/sdp/sdp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

namespace ball {
namespace {

// What a message holds, by its first character.
constexpr char kOffer = 'o';
constexpr char kAnswer = 'a';
constexpr char kCandidate = 'c';  // "LINE CANDIDATE"

constexpr size_t kLongestMessage = 65536;

Owned<GstWebRTCSessionDescription> Description(GstWebRTCSDPType type, const std::string& text) {
  GstSDPMessage* sdp = nullptr;
  if (gst_sdp_message_new_from_text(text.c_str(), &sdp) != GST_SDP_OK) return {};
  return Owned<GstWebRTCSessionDescription>(gst_webrtc_session_description_new(type, sdp));
}

}  // namespace

BareEnd::BareEnd(const std::string& text, int socket)
    : socket_(socket),
      pipeline_(Ref<GstElement>::sink(gst_pipeline_new(nullptr))),
      bin_(GST_BIN(gst_parse_bin_from_description(text.c_str(), FALSE, nullptr))) {
  gst_bin_add(GST_BIN(pipeline_.get()), GST_ELEMENT(bin_));
  peer_ = Ref<GstElement>::adopt(gst_bin_get_by_name(bin_, "peer"));
  g_signal_connect(peer_.get(), "on-ice-candidate", G_CALLBACK(OnCandidate), this);
}

BareEnd::~BareEnd() {
  Stop();
  close(socket_);
}

void BareEnd::Listen() { reader_ = std::thread(&BareEnd::Read, this); }

bool BareEnd::Offer() { return Describe("offer", kOffer); }

void BareEnd::AwaitEnd() {
  if (reader_.joinable()) reader_.join();
}

void BareEnd::Stop() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  shutdown(socket_, SHUT_RDWR);
  AwaitEnd();
}

void BareEnd::OnCandidate(GstElement*, guint line, gchar* candidate, gpointer self) {
  static_cast<BareEnd*>(self)->Tell(kCandidate, std::to_string(line) + " " + candidate);
}

void BareEnd::Read() {
  std::vector<char> message(kLongestMessage);
  ssize_t size = 0;
  while ((size = recv(socket_, message.data(), message.size(), 0)) > 0) {
    Take(message[0], {message.data() + 1, static_cast<size_t>(size) - 1});
  }
}

void BareEnd::Take(char kind, const std::string& text) {
  if (kind == kCandidate) {
    g_signal_emit_by_name(peer_.get(), "add-ice-candidate", std::atoi(text.c_str()),
                          text.c_str() + text.find(' ') + 1);
    return;
  }
  const auto type = kind == kOffer ? GST_WEBRTC_SDP_TYPE_OFFER : GST_WEBRTC_SDP_TYPE_ANSWER;
  if (const auto description = Description(type, text)) Set("remote", description.get());
  if (kind == kOffer) Describe("answer", kAnswer);
}

void BareEnd::Tell(char kind, std::string_view text) const {
  const std::string message = kind + std::string(text);
  send(socket_, message.data(), message.size(), MSG_NOSIGNAL);
}

bool BareEnd::Describe(const char* what, char kind) {
  GstPromise* promise = gst_promise_new();
  g_signal_emit_by_name(peer_.get(), (std::string("create-") + what).c_str(), nullptr, promise);
  gst_promise_wait(promise);
  GstWebRTCSessionDescription* made = nullptr;
  if (const GstStructure* reply = gst_promise_get_reply(promise)) {
    gst_structure_get(reply, what, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &made, nullptr);
  }
  gst_promise_unref(promise);
  const Owned<GstWebRTCSessionDescription> description(made);
  if (!description) return false;
  const OwnedString text(gst_sdp_message_as_text(description->sdp));
  Tell(kind, text.get());
  Set("local", description.get());
  return true;
}

// set-local-description or set-remote-description
void BareEnd::Set(const char* which, GstWebRTCSessionDescription* description) {
  GstPromise* promise = gst_promise_new();
  g_signal_emit_by_name(peer_.get(), (std::string("set-") + which + "-description").c_str(),
                        description, promise);
  gst_promise_wait(promise);
  gst_promise_unref(promise);
}

}  // namespace ball
