// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/bus_watch.h"

#include <utility>

namespace ball {
namespace {

// What an element says is often no more than "Resource not found.": which one stands in the last
// line of what it says to programmers, below where in its source that is.
std::string Reason(const GError& error, const std::string& debug) {
  const size_t line_end = debug.find_last_of('\n');
  if (line_end == std::string::npos || line_end + 1 == debug.size()) return error.message;
  return std::string(error.message) + " (" + debug.substr(line_end + 1) + ")";
}

struct Problem {
  std::string element;
  std::string reason;
};

// Of an error or a warning.
Problem ParseProblem(GstMessage* message) {
  GError* raw_error = nullptr;
  char* raw_debug = nullptr;
  const bool warning = GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING;
  (warning ? gst_message_parse_warning : gst_message_parse_error)(message, &raw_error, &raw_debug);
  const OwnedError error(raw_error);
  const OwnedString debug(raw_debug);
  const OwnedString name(gst_object_get_name(GST_MESSAGE_SRC(message)));
  return {name.get(), Reason(*error, debug ? debug.get() : "")};
}

}  // namespace

BusWatch::BusWatch(GstElement* pipeline, Events events)
    : bus_(Ref<GstBus>::adopt(gst_pipeline_get_bus(GST_PIPELINE(pipeline)))),
      events_(std::move(events)) {
  gst_bus_add_watch(bus_.get(), OnMessage, this);
}

BusWatch::~BusWatch() { gst_bus_remove_watch(bus_.get()); }

gboolean BusWatch::OnMessage(GstBus*, GstMessage* message, gpointer data) {
  auto* self = static_cast<BusWatch*>(data);
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
    if (const auto callback = self->events_.on_end_of_stream) callback();
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    const Problem problem = ParseProblem(message);
    const auto callback = self->events_.on_error;
    callback(problem.element, problem.reason);
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING) {
    const Problem problem = ParseProblem(message);
    if (const auto callback = self->events_.on_warning) callback(problem.element, problem.reason);
  }
  return G_SOURCE_CONTINUE;
}

std::string StartError(GstElement* pipeline, const std::string& otherwise) {
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline));
  const auto message = Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
  if (!message) return otherwise;
  const Problem problem = ParseProblem(message.get());
  return problem.element + ": " + problem.reason;
}

}  // namespace ball
