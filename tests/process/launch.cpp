// SPDX-License-Identifier: LGPL-2.1-or-later
// What gst-launch-1.0 does with a line, in a program of this build: that one cannot load a plugin
// with a sanitizer in it. Prints `playing`; ends with the stream or by SIGINT, or with 1 and the
// error.
#include <glib-unix.h>
#include <gst/gst.h>

#include <csignal>
#include <cstdio>

namespace {

int Fail(const GError* error) {
  std::fprintf(stderr, "launch: %s\n", error->message);
  return 1;
}

struct Run {
  GMainLoop* loop;
  int status;
};

gboolean OnMessage(GstBus*, GstMessage* message, gpointer data) {
  auto* run = static_cast<Run*>(data);
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    g_autoptr(GError) error = nullptr;
    gst_message_parse_error(message, &error, nullptr);
    run->status = Fail(error);
  } else if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_EOS) {
    return G_SOURCE_CONTINUE;
  }
  g_main_loop_quit(run->loop);
  return G_SOURCE_CONTINUE;
}

gboolean OnInterrupt(gpointer loop) {
  g_main_loop_quit(static_cast<GMainLoop*>(loop));
  return G_SOURCE_CONTINUE;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  g_autoptr(GError) error = nullptr;
  GstElement* made = gst_parse_launchv(const_cast<const gchar**>(argv + 1), &error);
  if (made == nullptr || error != nullptr) return Fail(error);
  g_autoptr(GstElement) pipeline = GST_ELEMENT(gst_object_ref_sink(made));
  g_autoptr(GMainLoop) loop = g_main_loop_new(nullptr, FALSE);
  Run run = {loop, 0};
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  gst_bus_add_watch(bus, OnMessage, &run);
  g_unix_signal_add(SIGINT, OnInterrupt, loop);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  std::puts("playing");
  std::fflush(stdout);
  g_main_loop_run(loop);
  gst_bus_remove_watch(bus);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  return run.status;
}
