// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <string>

#include "apps/link/glib_ptr.h"
#include "apps/link/main_loop.h"

namespace ball {

// One data channel of a peer. Its events are posted to the owner's mailbox:
//
//   OnChannelOpen      the channel can be written to; may be told twice
//   OnChannelMessage   text (or bytes, taken as text), and when it arrived
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

   protected:
    ~Observer() = default;
  };

  DataChannel(Ref<GstWebRTCDataChannel> channel, Mailbox& mailbox, Observer& observer);
  DataChannel(const DataChannel&) = delete;
  DataChannel& operator=(const DataChannel&) = delete;

  std::string label() const;
  bool IsOpen() const;
  // False, and nothing sent, unless the channel is open (1.22 leaks what is sent before).
  bool Send(const std::string& text);

 private:
  static void OnOpen(GstWebRTCDataChannel* channel, gpointer data);
  static void OnText(GstWebRTCDataChannel* channel, const char* text, gpointer self);
  static void OnBytes(GstWebRTCDataChannel* channel, GBytes* bytes, gpointer self);

  void PostMessage(std::string text);

  Ref<GstWebRTCDataChannel> channel_;
  Mailbox& mailbox_;
  Observer& observer_;
  SignalHandler open_;
  SignalHandler text_;
  SignalHandler bytes_;
};

}  // namespace ball
