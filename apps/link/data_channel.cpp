// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/data_channel.h"

#include <utility>

namespace ball {

DataChannel::DataChannel(Ref<GstWebRTCDataChannel> channel, MessageRate& rate, Mailbox& mailbox,
                         Observer& observer)
    : channel_(std::move(channel)),
      rate_(rate),
      mailbox_(mailbox),
      observer_(observer),
      open_(channel_.get(), "on-open", G_CALLBACK(OnOpen), this),
      text_(channel_.get(), "on-message-string", G_CALLBACK(OnText), this),
      bytes_(channel_.get(), "on-message-data", G_CALLBACK(OnBytes), this) {
  // Nobody waits for room. With the default, 0, each message that leaves wakes webrtcbin's thread
  // to say that none is left.
  g_object_set(channel_.get(), "buffered-amount-low-threshold", G_MAXUINT64, nullptr);
  // On a running association a channel may open before its creator gets hold of it.
  if (IsOpen()) OnOpen(channel_.get(), this);
}

std::string DataChannel::label() const {
  char* raw = nullptr;
  g_object_get(channel_.get(), "label", &raw, nullptr);
  const OwnedString label(raw);
  return label ? label.get() : "";
}

bool DataChannel::IsOpen() const {
  GstWebRTCDataChannelState state = GST_WEBRTC_DATA_CHANNEL_STATE_CONNECTING;
  g_object_get(channel_.get(), "ready-state", &state, nullptr);
  return state == GST_WEBRTC_DATA_CHANNEL_STATE_OPEN;
}

bool DataChannel::Send(const std::string& text) {
  if (!IsOpen()) return false;
  g_signal_emit_by_name(channel_.get(), "send-string", text.c_str());
  return true;
}

void DataChannel::OnOpen(GstWebRTCDataChannel*, gpointer data) {
  auto* self = static_cast<DataChannel*>(data);
  self->mailbox_.Post([self] { self->observer_.OnChannelOpen(*self); });
}

void DataChannel::OnText(GstWebRTCDataChannel*, const char* text, gpointer data) {
  auto* self = static_cast<DataChannel*>(data);
  const auto arrived = std::chrono::steady_clock::now();
  if (self->Admit(arrived)) self->PostMessage(text == nullptr ? "" : text, arrived);
}

void DataChannel::OnBytes(GstWebRTCDataChannel*, GBytes*, gpointer data) {
  OnText(nullptr, nullptr, data);
}

bool DataChannel::Admit(std::chrono::steady_clock::time_point arrived) {
  const auto verdict = rate_.Add(arrived);
  if (verdict == MessageRate::Verdict::kOver) {
    mailbox_.Post([this] { observer_.OnChannelFlood(); });
  }
  return verdict == MessageRate::Verdict::kPasses;
}

void DataChannel::PostMessage(std::string text, std::chrono::steady_clock::time_point arrived) {
  mailbox_.Post(
      [this, text = std::move(text), arrived] { observer_.OnChannelMessage(text, arrived); });
}

}  // namespace ball
