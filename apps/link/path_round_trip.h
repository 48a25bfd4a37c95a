// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <chrono>
#include <functional>
#include <mutex>

#include "apps/link/glib_ptr.h"
#include "apps/link/handshake_round_trip.h"

namespace ball {

// Listens to the SCTP handshake of a webrtcbin (handshake_round_trip.h). To be destroyed when its
// pipeline is in state NULL, since streaming threads use it. Any thread.
class PathRoundTrip {
 public:
  // Called on a streaming thread, once or twice.
  using OnRoundTrip = std::function<void(std::chrono::nanoseconds)>;

  // Before webrtcbin has any transport.
  PathRoundTrip(GstElement* webrtcbin, OnRoundTrip on_round_trip);
  PathRoundTrip(const PathRoundTrip&) = delete;
  PathRoundTrip& operator=(const PathRoundTrip&) = delete;

 private:
  static void OnElement(GstBin*, GstBin*, GstElement* element, gpointer self);
  static GstPadProbeReturn OnSent(GstPad*, GstPadProbeInfo* info, gpointer data);
  static GstPadProbeReturn OnReceived(GstPad*, GstPadProbeInfo* info, gpointer data);

  const OnRoundTrip on_round_trip_;
  std::mutex lock_;
  HandshakeRoundTrip handshake_;
  SignalHandler handler_;
};

}  // namespace ball
