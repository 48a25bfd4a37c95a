// SPDX-License-Identifier: LGPL-2.1-or-later
// The other process of shared_memory_test: `shm_peer read|arrive|write SOCKET`. A reader writes one
// line for each frame, "frame <RTP timestamp> <good|bad> <width>x<height> <PTS in ms>"; "arrive"
// has shmsrc stamp the frames. A writer writes "ready". Both run until they are killed; a reader
// also ends, with status 1, at an error.
#include <gst/video/video.h>
#include <sys/prctl.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>

#include "plugins/rtptimestampmeta.h"
#include "tests/plugins/shmframe/frame_writer.h"

namespace {

bool IsFilledWith(GstBuffer* frame, uint8_t value) {
  GstMapInfo map;
  if (!gst_buffer_map(frame, &map, GST_MAP_READ)) return false;
  const bool filled = map.size > 0 && std::all_of(map.data, map.data + map.size,
                                                  [&](uint8_t byte) { return byte == value; });
  gst_buffer_unmap(frame, &map);
  return filled;
}

void ReportFrame(GstElement*, GstBuffer* frame, GstPad*, gpointer) {
  const auto timestamp = ball::GetRtpTimestamp(frame).value_or(ball::RtpTimestamp{}).value;
  const GstVideoMeta* meta = gst_buffer_get_video_meta(frame);
  const bool good = IsFilledWith(frame, static_cast<uint8_t>(timestamp));
  std::printf("frame %u %s %ux%u %u\n", timestamp, good ? "good" : "bad",
              meta != nullptr ? meta->width : 0, meta != nullptr ? meta->height : 0,
              static_cast<unsigned>(GST_BUFFER_PTS(frame) / GST_MSECOND));
  std::fflush(stdout);
}

int Read(const std::string& socket_path, bool stamp) {
  g_autoptr(GstElement) pipeline = gst_parse_launch(
      ("shmsrc is-live=true do-timestamp=" + std::string(stamp ? "true" : "false") +
       " socket-path=" + socket_path +
       " ! shmdepay ! fakesink name=sink sync=false async=false enable-last-sample=false"
       " signal-handoffs=true")
          .c_str(),
      nullptr);
  gst_object_ref_sink(pipeline);
  g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
  g_signal_connect(sink, "handoff", G_CALLBACK(ReportFrame), nullptr);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  g_autoptr(GstMessage) message = gst_bus_timed_pop_filtered(
      bus, GST_CLOCK_TIME_NONE, static_cast<GstMessageType>(GST_MESSAGE_ERROR | GST_MESSAGE_EOS));
  std::printf("%s\n", GST_MESSAGE_TYPE_NAME(message));
  std::fflush(stdout);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  return 1;
}

int Write(const std::string& socket_path) {
  const ball::FrameWriter writer(socket_path);
  std::printf("ready\n");
  std::fflush(stdout);
  g_autoptr(GMainLoop) forever = g_main_loop_new(nullptr, FALSE);
  g_main_loop_run(forever);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // never outlive the test
  gst_init(&argc, &argv);
  if (argc != 3) return 2;
  const std::string role = argv[1];
  return role == "write" ? Write(argv[2]) : Read(argv[2], role == "arrive");
}
