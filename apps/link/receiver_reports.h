// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "apps/link/glib_ptr.h"

namespace ball {

// What a peer says about one stream that we send (RFC 3550, section 6.4.1).
struct ReceiverReport {
  uint32_t ssrc = 0;
  // The share of packets lost since the report before, 0 to 1.
  double lost = 0;
  // Nothing before our first sender report is answered.
  std::optional<std::chrono::nanoseconds> round_trip;
};

// Listens to an element of type `rtpsession`, and calls on its threads.
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

  const Events events_;
  Ref<GObject> session_;
  SignalHandler handler_;
};

}  // namespace ball
