// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/rtp/gstrtcpbuffer.h>

#include <functional>

#include "apps/link/glib_ptr.h"
#include "apps/link/message_rate.h"
#include "apps/link/receiver_report.h"

namespace ball {

// Listens to an element of type `rtpsession` that SetUpPeerElement (peer_elements.h) has set up,
// and calls on its threads. Only monotonic time counts. A peer that reports and asks more than a
// thousand times a second is not listened to any more.
class ReceiverReports {
 public:
  struct Events {
    std::function<void(const ReceiverReport&)> on_report;
    // The peer asks for packets or a key frame (RFC 4585, RFC 5104): it misses something.
    std::function<void()> on_request;
  };

  ReceiverReports(GstElement* rtpsession, Events events);
  ReceiverReports(const ReceiverReports&) = delete;
  ReceiverReports& operator=(const ReceiverReports&) = delete;

 private:
  static void OnRtcp(GObject* session, GstBuffer* buffer, gpointer data);
  void Read(GstRTCPBuffer* rtcp);
  bool Listens();

  const Ref<GstElement> element_;
  const Events events_;
  MessageRate rate_;
  Ref<GObject> session_;
  SignalHandler handler_;
};

}  // namespace ball
