// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <string>

#include "apps/link/glib_ptr.h"
#include "apps/link/main_loop.h"
#include "apps/link/message_rate.h"

namespace ball {

// One data channel of a peer. Its events are posted to the owner's mailbox:
//
//   OnChannelOpen      the channel can be written to; may be told twice
//   OnChannelMessage   text, and when it arrived; empty for bytes, which mean nothing here
//   OnChannelFlood     more messages than the rate lets through; those that follow are dropped
//                      where they arrive
//
// It must be destroyed before its webrtcbin (1.22 uses the channel afterwards), but after the
// pipeline's threads have stopped, which may still be in its callbacks. Made on any thread, used on
// the main thread.
class DataChannel {
 public:
  class Observer {
   public:
    virtual void OnChannelOpen(DataChannel& channel) = 0;
    virtual void OnChannelMessage(const std::string& text,
                                  std::chrono::steady_clock::time_point arrived) = 0;
    virtual void OnChannelFlood() = 0;

   protected:
    ~Observer() = default;
  };

  // `rate` is what the peer's channels share.
  DataChannel(Ref<GstWebRTCDataChannel> channel, MessageRate& rate, Mailbox& mailbox,
              Observer& observer);
  DataChannel(const DataChannel&) = delete;
  DataChannel& operator=(const DataChannel&) = delete;

  std::string label() const;
  bool IsOpen() const;
  // False, and nothing sent, unless the channel is open (1.22 leaks what is sent before).
  bool Send(const std::string& text);

 private:
  static void OnOpen(GstWebRTCDataChannel* channel, gpointer data);
  static void OnText(GstWebRTCDataChannel* channel, const char* text, gpointer data);
  static void OnBytes(GstWebRTCDataChannel* channel, GBytes* bytes, gpointer data);

  // Whether a message that has just come may be looked at.
  bool Admit(std::chrono::steady_clock::time_point arrived);
  void PostMessage(std::string text, std::chrono::steady_clock::time_point arrived);

  Ref<GstWebRTCDataChannel> channel_;
  MessageRate& rate_;
  Mailbox& mailbox_;
  Observer& observer_;
  SignalHandler open_;
  SignalHandler text_;
  SignalHandler bytes_;
};

}  // namespace ball
