// SPDX-License-Identifier: LGPL-2.1-or-later
// What gst-launch-1.0 does with a line, in a program of this build: that one cannot load a plugin
// with a sanitizer in it. Prints `playing`; ends with the stream, or with 1 and the error.
#include <gst/gst.h>

#include <cstdio>

namespace {

int Fail(const GError* error) {
  std::fprintf(stderr, "launch: %s\n", error->message);
  return 1;
}

// To the end of its stream, or to its error.
int Await(GstElement* pipeline) {
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  g_autoptr(GstMessage) message = gst_bus_timed_pop_filtered(
      bus, GST_CLOCK_TIME_NONE, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) return 0;
  g_autoptr(GError) error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  return Fail(error);
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  g_autoptr(GError) error = nullptr;
  GstElement* made = gst_parse_launchv(const_cast<const gchar**>(argv + 1), &error);
  if (made == nullptr || error != nullptr) return Fail(error);
  g_autoptr(GstElement) pipeline = GST_ELEMENT(gst_object_ref_sink(made));
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  std::puts("playing");
  std::fflush(stdout);
  const int status = Await(pipeline);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  return status;
}
