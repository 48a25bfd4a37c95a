// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <string>

#include "apps/link/glib_ptr.h"

namespace ball {

// Watches a pipeline's bus. The callbacks may destroy the watch; nothing is called after that.
// Main thread only.
class BusWatch {
 public:
  struct Events {
    // An element failed; `element` is its name, `reason` what it says.
    std::function<void(const std::string& element, const std::string& reason)> on_error;
    std::function<void()> on_end_of_stream;
    // An element complains, and goes on. Optional.
    std::function<void(const std::string& element, const std::string& reason)> on_warning = {};
  };

  BusWatch(GstElement* pipeline, Events events);
  ~BusWatch();
  BusWatch(const BusWatch&) = delete;
  BusWatch& operator=(const BusWatch&) = delete;

 private:
  static gboolean OnMessage(GstBus* bus, GstMessage* message, gpointer data);

  Ref<GstBus> bus_;
  Events events_;
};

// What an element said when the pipeline could not be started, "NAME: REASON", or `otherwise` where
// none said anything. Takes the messages off the bus.
std::string StartError(GstElement* pipeline, const std::string& otherwise);

}  // namespace ball
