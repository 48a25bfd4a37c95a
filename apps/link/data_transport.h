// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "apps/link/glib_ptr.h"

namespace ball {

// What carries a peer's data channels. While it comes up none must be made: webrtcbin (1.22 and
// 1.26) has the thread that makes it and the one that sees the association come up both link it and
// send its opening message, without a lock. What is sent before the link is there is lost, and so
// is all that follows, while the channel calls itself open.
class DataTransport {
 public:
  // `on_up` is called once channels can be made again, on a thread of webrtcbin's.
  DataTransport(Ref<GstElement> webrtcbin, std::function<void()> on_up);
  DataTransport(const DataTransport&) = delete;
  DataTransport& operator=(const DataTransport&) = delete;

  // To be called when a description has been set, on webrtcbin's thread.
  void Watch();
  // Any thread.
  bool IsComingUp() const;
  // Nothing where webrtcbin makes none. Not while it is coming up.
  Ref<GstWebRTCDataChannel> MakeChannel(const std::string& label) const;

 private:
  static void OnState(GObject* transport, GParamSpec*, gpointer data);

  // Nothing before the first description.
  Ref<GObject> Find() const;
  void Check(GObject* transport);

  const Ref<GstElement> webrtcbin_;
  const std::function<void()> on_up_;
  std::atomic<bool> up_ = false;
  bool watched_ = false;
  SignalHandler state_;
};

}  // namespace ball
